// SPDX-License-Identifier: Apache-2.0
/** Errors of integer multipliers, in the form in which papers publish them. */
import type {SignificandProduct} from '../tables/from-product.js';
import type {IntegerProduct} from '../multipliers/integer.js';

/** Relative errors in percent of the exact product, over pairs of uniform operands. */
export interface IntegerErrors {
  readonly mean: number;
  readonly meanAbsolute: number;
  readonly min: number;
  readonly max: number;
  /** 0..1 */
  readonly errorRate: number;
}

/** Over all pairs of operands from `lowest` on. A pair with a zero counts as exact if it is. */
export function exhaustiveErrors(
  multiply: IntegerProduct,
  width: number,
  lowest: 0 | 1 = 1,
): IntegerErrors {
  const errors = collector(multiply);
  for (let a = lowest; a < 2 ** width; a++) {
    for (let b = lowest; b < 2 ** width; b++) errors.add(a, b);
  }
  return errors.summary();
}

/**
 * Over every non-zero first operand with `perOperand` second ones each, which the golden ratio
 * spreads evenly over pairs: at 16 bits, 16 each give means to about 0.001 of a percent.
 */
export function spreadErrors(
  multiply: IntegerProduct,
  width: number,
  perOperand = 16,
): IntegerErrors {
  const errors = collector(multiply);
  const size = 2 ** width;
  const golden = (Math.sqrt(5) - 1) / 2;
  let position = 0;
  for (let a = 1; a < size; a++) {
    for (let k = 0; k < perOperand; k++) {
      position = (position + golden) % 1;
      errors.add(a, 1 + Math.floor(position * (size - 1)));
    }
  }
  return errors.summary();
}

/**
 * Over the first and the last fraction of each of 256 x 256 cells, for the extremes of designs
 * whose error is monotone within a cell.
 *
 * @param product For fractions of m bits.
 */
export function cornerErrors(product: SignificandProduct, m: number): IntegerErrors {
  const errors = collector((a, b) => product(a - 2 ** m, b - 2 ** m) * 4 ** m);
  const step = 2 ** (m - 8);
  for (let a = 2 ** m; a < 2 ** (m + 1); a += step) {
    for (let b = 2 ** m; b < 2 ** (m + 1); b += step) {
      errors.add(a, b);
      errors.add(a, b + step - 1);
      errors.add(a + step - 1, b);
      errors.add(a + step - 1, b + step - 1);
    }
  }
  return errors.summary();
}

function collector(multiply: IntegerProduct) {
  let count = 0;
  let sum = 0;
  let sumAbsolute = 0;
  let min = Infinity;
  let max = -Infinity;
  let wrong = 0;
  return {
    add(a: number, b: number) {
      const exact = a * b;
      const found = multiply(a, b);
      const error = found === exact ? 0 : (100 * (found - exact)) / exact;
      count++;
      sum += error;
      sumAbsolute += Math.abs(error);
      min = Math.min(min, error);
      max = Math.max(max, error);
      if (error !== 0) wrong++;
    },
    summary: (): IntegerErrors => ({
      mean: sum / count,
      meanAbsolute: sumAbsolute / count,
      min,
      max,
      errorRate: wrong / count,
    }),
  };
}
