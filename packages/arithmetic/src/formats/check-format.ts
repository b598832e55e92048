// SPDX-License-Identifier: Apache-2.0
/** The check of a float format, in multipliers and tables alike. */
import {FLOAT32} from './float.js';
import type {FloatFormat} from './float-format.js';

/** @param fail Throws: which field is wrong, what it is and what was expected. */
export function checkFormat(
  format: FloatFormat,
  fail: (field: string, found: unknown, expected: string) => never,
): void {
  if (typeof format !== 'object' || format === null) fail('format', format, 'a FloatFormat');
  const {exponentBits, fractionBits, subnormals, overflow, maxFinite} = format;
  if (!isIntegerIn(exponentBits, 2, FLOAT32.exponentBits)) {
    fail('exponentBits', exponentBits, `an integer in 2..${FLOAT32.exponentBits}`);
  }
  if (!isIntegerIn(fractionBits, 1, FLOAT32.fractionBits)) {
    fail('fractionBits', fractionBits, `an integer in 1..${FLOAT32.fractionBits}`);
  }
  if (typeof subnormals !== 'boolean') fail('subnormals', subnormals, 'true or false');
  if (overflow !== 'infinity' && overflow !== 'saturate') {
    fail('overflow', overflow, 'infinity or saturate');
  }
  if (maxFinite !== undefined && !isPositiveFloat32(maxFinite)) {
    fail('maxFinite', maxFinite, 'a positive float32');
  }
}

function isIntegerIn(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function isPositiveFloat32(value: number): boolean {
  return value > 0 && value < Infinity && Math.fround(value) === value;
}
