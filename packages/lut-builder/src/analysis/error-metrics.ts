// SPDX-License-Identifier: Apache-2.0
/** Error metrics: how far a multiplier's products are from the exact ones, over all fractions. */
import {type MantissaLut, significandProducts} from '../lut/lut.js';
import type {Multiplier} from '../multiplier.js';
import {resolveMultiplier} from '../registry.js';

/** Relative errors are (product - exact) / exact, in percent. */
export interface ErrorMetrics {
  /** Number of fraction pairs, 2^(2m), all weighted alike. */
  readonly pairs: number;
  /** The bias. */
  readonly mean: number;
  readonly meanAbsolute: number;
  readonly rootMeanSquare: number;
  /** The most negative relative error, or the least positive one. */
  readonly min: number;
  readonly max: number;
  /** The part of the pairs whose product is not exact, 0..1. */
  readonly errorRate: number;
}

/**
 * Error metrics over all fraction pairs, against the exact product of the m-bit operands: the
 * error of rounding an operand to m bits is not part of them. As exponents and signs are exact,
 * they hold for every pair of operands whose product is normal.
 *
 * @param multiplier A name, a multiplier or a table.
 * @throws {MultiplierError} for `fp32`, which has no table.
 */
export function errorMetrics(multiplier: string | Multiplier | MantissaLut): ErrorMetrics {
  const lut = resolveMultiplier(multiplier).lut();
  const products = significandProducts(lut);
  const pairs = products.length;
  const n = 2 ** lut.mantissaBits;
  let sum = 0;
  let sumAbsolute = 0;
  let sumSquares = 0;
  let min = Infinity;
  let max = -Infinity;
  let wrong = 0;
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const exact = (1 + i / n) * (1 + j / n);
      const error = (100 * (products[e]! - exact)) / exact;
      sum += error;
      sumAbsolute += Math.abs(error);
      sumSquares += error * error;
      min = Math.min(min, error);
      max = Math.max(max, error);
      if (error !== 0) wrong++;
    }
  }
  return {
    pairs,
    mean: sum / pairs,
    meanAbsolute: sumAbsolute / pairs,
    rootMeanSquare: Math.sqrt(sumSquares / pairs),
    min,
    max,
    errorRate: wrong / pairs,
  };
}
