// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a table is one of a multiplier at all. A circuit of signed operands, one whose operands are
 * aligned otherwise, or swapped ports make a table too, which nothing later would notice. Published
 * multipliers are near the exact products; what is read wrongly is far from them.
 */
import {type MantissaLut, MultiplierError, significandProducts} from '@tfjs-approx/arithmetic';
import type {OptionProblem} from '@tfjs-approx/arithmetic/internal';

/** Percent. The worst published multiplier is below it, and what is read wrongly is above. */
export const DEFAULT_MAX_MRED = 25;

export interface PlausibilityOptions {
  /** The largest mean relative error (MRED) of a table, in percent; 25 unless given. */
  readonly maxMred?: number;
}

export function maxMredProblem(percent: unknown): OptionProblem | undefined {
  return typeof percent === 'number' && percent > 0
    ? undefined
    : {expected: 'percent above 0', remedy: 'Infinity allows every table.'};
}

interface Reading {
  /** Begins the error. */
  readonly op: string;
  readonly maxMred?: number;
  /** Of a circuit: bits of an operand as it was asked, and whether as two's complement. */
  readonly circuit?: {readonly operandBits: number; readonly signed: boolean};
}

/**
 * @throws {MultiplierError} if the mean relative error is not below the limit, with the cause where
 *     the products are those of two's complement.
 */
export function assertPlausible(
  lut: MantissaLut,
  {op, maxMred = DEFAULT_MAX_MRED, circuit}: Reading,
): void {
  const products = significandProducts(lut);
  const mred = meanRelativeError(products);
  if (mred < maxMred) return;
  const percent = mred < 10 ? mred.toPrecision(2) : mred.toFixed(0);
  const compared = `${percent} % (MRED) from the exact ones of ${
    circuit
      ? `${circuit.signed ? 'positive' : 'unsigned'} ${circuit.operandBits}-bit operands`
      : 'operands in [1, 2)'
  }`;
  const found = `products that are ${compared}`;
  const expected = `a mean relative error below ${maxMred} %`;
  const raise =
    'If the model is meant to be so far off, raise the option maxMred (--max-mred <percent>).';
  if (circuit === undefined) {
    throw new MultiplierError(op, {found, expected, remedy: raise});
  }
  if (!circuit.signed && isTwosComplement(products)) {
    throw new MultiplierError(op, {
      found: `products of two's-complement operands, ${compared}`,
      expected,
      remedy: signedRemedy(circuit.operandBits),
    });
  }
  throw new MultiplierError(op, {
    found,
    expected,
    remedy:
      'If the circuit takes fewer bits in wider types or ports, say how many by the option ' +
      `operandBits (--operand-bits <n>). ${raise}`,
  });
}

/** What a circuit of signed operands of so many bits can be built as. */
export function signedRemedy(operandBits: number): string {
  return (
    `It looks like two's complement; use the option signed (--signed). Significands are positive, so ` +
    `those of ${operandBits}-bit signed operands have ${operandBits - 1} bits: m is at most ${operandBits - 2}.`
  );
}

/** Percent. */
function meanRelativeError(products: Float32Array): number {
  const n = Math.sqrt(products.length);
  let sum = 0;
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      sum += Math.abs(products[e] / ((1 + i / n) * (1 + j / n)) - 1);
    }
  }
  return (100 * sum) / products.length;
}

/**
 * With a leading one, a two's-complement operand a of N bits is the negative a - 2^N: as a fraction
 * of 2^(N-1), 1 + x stands for -(1 - x). Products of two are positive, of one with an unsigned one
 * 4 less, as 2^(2N) is 4 here. Distances are compared in sum, since small operands have large
 * relative errors in circuits that leave low columns out.
 */
function isTwosComplement(products: Float32Array): boolean {
  const readings: ReadonlyArray<(x: number, y: number) => number> = [
    (x, y) => (1 - x) * (1 - y),
    (x, y) => 4 - (1 - x) * (1 + y),
    (x, y) => 4 - (1 + x) * (1 - y),
  ];
  const n = Math.sqrt(products.length);
  return readings.some(reading => {
    let distance = 0;
    let total = 0;
    for (let i = 0, e = 0; i < n; i++) {
      for (let j = 0; j < n; j++, e++) {
        const expected = reading(i / n, j / n);
        distance += Math.abs(products[e] - expected);
        total += expected;
      }
    }
    return distance < (DEFAULT_MAX_MRED / 100) * total;
  });
}
