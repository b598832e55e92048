// SPDX-License-Identifier: Apache-2.0
/** What is wrong with the operand format of a table. */
import type {FloatFormat} from '../multiplier.js';

interface FormatProblem {
  readonly part: keyof FloatFormat;
  readonly found: unknown;
  readonly expected: string;
}

export function formatProblem(
  {exponentBits, fractionBits, overflow, maxFinite}: FloatFormat,
  mantissaBits: number,
): FormatProblem | undefined {
  if (!Number.isInteger(exponentBits) || exponentBits < 2 || exponentBits > 8) {
    return {part: 'exponentBits', found: exponentBits, expected: 'an integer in 2..8'};
  }
  if (fractionBits !== mantissaBits) {
    return {part: 'fractionBits', found: fractionBits, expected: `mantissaBits = ${mantissaBits}`};
  }
  if (overflow !== 'infinity' && overflow !== 'saturate') {
    return {part: 'overflow', found: overflow, expected: 'infinity or saturate'};
  }
  if (maxFinite !== undefined && !(maxFinite > 0 && maxFinite < 2 ** 128)) {
    return {part: 'maxFinite', found: maxFinite, expected: 'a positive float32'};
  }
  return undefined;
}
