// SPDX-License-Identifier: Apache-2.0
/** Error metrics: how far a multiplier's products are from the exact ones, over all fractions. */
import {
  type MantissaLut,
  type Multiplier,
  MultiplierError,
  provenLut,
  resolveMultiplier,
  significandProducts,
} from '@tfjs-approx/arithmetic';

/**
 * Relative errors are (product - exact) / exact, in percent. Error distances are
 * |product - exact| of significands, in percent of the largest exact product, (2 - 2^-m)^2. So are
 * all figures in percent, the variance in percent squared.
 */
export interface ErrorMetrics {
  /** Number of fraction pairs, 2^(2m); all weighted alike unless weights are given. */
  readonly pairs: number;
  /** The bias: the mean relative error. */
  readonly mean: number;
  /** MRED, the mean relative error distance. */
  readonly meanAbsolute: number;
  readonly rootMeanSquare: number;
  /** Of the relative error about its mean, in percent squared. */
  readonly variance: number;
  /** The most negative relative error, or the least positive one. */
  readonly min: number;
  readonly max: number;
  /** The largest relative error of either sign, as a magnitude. */
  readonly worstCase: number;
  /** The part of the pairs whose product is not exact, 0..100. */
  readonly errorRate: number;
  /** NMED, the mean error distance. */
  readonly normalisedMeanErrorDistance: number;
  /** The largest error distance. */
  readonly normalisedWorstCase: number;
}

/**
 * How often each of the 2^m fractions occurs in an operand. Only ratios matter. An operand without
 * weights has every fraction alike.
 */
export interface OperandWeights {
  readonly first?: ArrayLike<number>;
  readonly second?: ArrayLike<number>;
}

export interface ErrorMetricsOptions {
  /** `fractionWeights` makes them from a distribution or from values. */
  readonly weights?: OperandWeights;
}

/**
 * Error metrics over all fraction pairs, against the exact product of the m-bit operands: the
 * error of rounding an operand to m bits is not part of them. As exponents and signs are exact,
 * they hold for every pair of operands whose product is normal. The operands are independent;
 * pairs that cannot occur count for nothing, not even as extremes.
 *
 * @param multiplier A name, a multiplier or a table.
 * @throws {MultiplierError} for `fp32`, which has no table, for a multiplier that breaks its
 *     contract, and for weights that are not 2^m numbers of which none is negative and one is
 *     positive.
 */
export function errorMetrics(
  multiplier: string | Multiplier | MantissaLut,
  {weights = {}}: ErrorMetricsOptions = {},
): ErrorMetrics {
  const lut = provenLut(resolveMultiplier(multiplier));
  const products = significandProducts(lut);
  const n = 2 ** lut.mantissaBits;
  const first = checkedWeights('first', weights.first, n);
  const second = checkedWeights('second', weights.second, n);
  const largest = (2 - 1 / n) ** 2;
  let total = 0;
  let sum = 0;
  let sumAbsolute = 0;
  let sumSquares = 0;
  let sumDistances = 0;
  let min = Infinity;
  let max = -Infinity;
  let worstDistance = 0;
  let wrong = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const weight = first[i] * second[j];
      if (weight === 0) continue;
      const exact = (1 + i / n) * (1 + j / n);
      const difference = products[i * n + j] - exact;
      const error = (100 * difference) / exact;
      const distance = (100 * Math.abs(difference)) / largest;
      total += weight;
      sum += weight * error;
      sumAbsolute += weight * Math.abs(error);
      sumSquares += weight * error * error;
      sumDistances += weight * distance;
      min = Math.min(min, error);
      max = Math.max(max, error);
      worstDistance = Math.max(worstDistance, distance);
      if (error !== 0) wrong += weight;
    }
  }
  const mean = sum / total;
  const meanSquare = sumSquares / total;
  return {
    pairs: n * n,
    mean,
    meanAbsolute: sumAbsolute / total,
    rootMeanSquare: Math.sqrt(meanSquare),
    variance: varianceOf(mean, meanSquare),
    min,
    max,
    worstCase: Math.max(-min, max),
    errorRate: (100 * wrong) / total,
    normalisedMeanErrorDistance: sumDistances / total,
    normalisedWorstCase: worstDistance,
  };
}

/** Cancellation can leave a negative rest of a variance that is 0. */
export function varianceOf(mean: number, meanSquare: number): number {
  return Math.max(0, meanSquare - mean * mean);
}

/** Scaled so that no product of two of them under- or overflows; all 1 where none are given. */
function checkedWeights(
  operand: 'first' | 'second',
  given: ArrayLike<number> | undefined,
  n: number,
): Float64Array {
  if (given === undefined) return new Float64Array(n).fill(1);
  const weights = Float64Array.from(given);
  const largest = weights.reduce((a, b) => Math.max(a, b), 0);
  const usable = weights.every(weight => weight >= 0) && largest > 0 && largest < Infinity;
  if (weights.length !== n || !usable) {
    throw new MultiplierError(`errorMetrics, weights of the ${operand} operand`, {
      found:
        weights.length === n
          ? `weights between ${Math.min(...weights)} and ${Math.max(...weights)}`
          : `${weights.length} weights`,
      expected: `${n}, one for each fraction, none negative and at least one positive`,
      remedy: '`fractionWeights` makes them from a distribution or from values.',
    });
  }
  return weights.map(weight => weight / largest);
}
