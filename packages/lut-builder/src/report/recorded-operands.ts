// SPDX-License-Identifier: Apache-2.0
/**
 * Operands as a real run has them, and the errors of a multiplier on them. Histograms are recorded
 * by `recordOperands` of @tfjs-approx/backend-approx; they are plain JSON.
 */
import {type ErrorMetrics, errorMetrics, varianceOf} from '../analysis/error-metrics.js';
import {
  type MantissaLut,
  MAX_MANTISSA_BITS,
  type Multiplier,
  MultiplierError,
  type OperandHistogram,
  type RecordedOperands,
  type RecordedProducts,
  resolveMultiplier,
} from '@tfjs-approx/arithmetic';

/**
 * The probability of each of a multiplier's 2^m fractions among recorded operands, or null where all
 * of them are zero. Rounding to nearest goes by the recorded bits: what lies on the middle between
 * two fractions, or above it, rounds up. The range of a narrow format is not looked at.
 *
 * @throws {MultiplierError} if the multiplier has more fraction bits than were recorded.
 */
export function recordedWeights(
  {fractions}: OperandHistogram,
  multiplier: string | Multiplier | MantissaLut,
): Float64Array | null {
  const {name, format, rounding} = resolveMultiplier(multiplier);
  const recordedBits = Math.log2(fractions.length);
  const dropped = recordedBits - format.fractionBits;
  if (dropped < 0) {
    throw new MultiplierError(`recorded operands for "${name}"`, {
      found: `${recordedBits} recorded fraction bits`,
      expected: `at least its ${format.fractionBits}`,
      remedy: `Record with {fractionBits: ${MAX_MANTISSA_BITS}}.`,
    });
  }
  const weights = new Float64Array(2 ** format.fractionBits);
  let sum = 0;
  const add = (fraction: number, count: number) => {
    // Rounding up to 2 gives the fraction 0 of the next binade.
    weights[fraction % weights.length] += count;
    sum += count;
  };
  for (let bin = 0; bin < fractions.length; bin++) {
    const below = bin >>> dropped;
    if (rounding === 'truncate') {
      add(below, fractions[bin]);
    } else if (dropped === 0) {
      // The bits that decide were not recorded.
      add(below, fractions[bin] / 2);
      add(below + 1, fractions[bin] / 2);
    } else {
      add(below + ((bin >>> (dropped - 1)) & 1), fractions[bin]);
    }
  }
  return sum === 0 ? null : weights.map(weight => weight / sum);
}

/** Errors over the products of non-zero operands. */
export interface RecordedMetrics {
  /** All products together, by their number; null where every one is null. */
  readonly all: ErrorMetrics | null;
  /** In the order of the recorded products; null where there were none, or all of them zero. */
  readonly products: ReadonlyArray<ErrorMetrics | null>;
}

/**
 * What a multiplier's errors are on recorded operands, which are taken to be independent within a
 * layer and pass.
 *
 * @throws {MultiplierError} if it has more fraction bits than were recorded.
 */
export function recordedMetrics(
  multiplier: string | Multiplier | MantissaLut,
  recorded: RecordedOperands,
): RecordedMetrics {
  const weightOf = ({macs, first, second}: RecordedProducts) =>
    macs * nonZeroShare(first) * nonZeroShare(second);
  const products = recorded.products.map(product => {
    if (weightOf(product) === 0) return null;
    const first = recordedWeights(product.first, multiplier);
    const second = recordedWeights(product.second, multiplier);
    return first && second ? errorMetrics(multiplier, {weights: {first, second}}) : null;
  });
  const parts = products.flatMap((metrics, p) =>
    metrics ? [{metrics, weight: weightOf(recorded.products[p])}] : [],
  );
  return {all: parts.length > 0 ? mixture(parts) : null, products};
}

/** The part of the elements of an operand that are not zero, 0..1. */
export function nonZeroShare({values, zeros}: OperandHistogram): number {
  return values === 0 ? 0 : 1 - zeros / values;
}

/** The metrics of products of which each part has its share. */
function mixture(
  parts: ReadonlyArray<{readonly metrics: ErrorMetrics; readonly weight: number}>,
): ErrorMetrics {
  const total = parts.reduce((sum, {weight}) => sum + weight, 0);
  const mean = (figure: (metrics: ErrorMetrics) => number) =>
    parts.reduce((sum, {metrics, weight}) => sum + weight * figure(metrics), 0) / total;
  const most = (figure: (metrics: ErrorMetrics) => number) =>
    Math.max(...parts.map(({metrics}) => figure(metrics)));
  const bias = mean(m => m.mean);
  const meanSquare = mean(m => m.rootMeanSquare ** 2);
  return {
    pairs: parts[0].metrics.pairs,
    mean: bias,
    meanAbsolute: mean(m => m.meanAbsolute),
    rootMeanSquare: Math.sqrt(meanSquare),
    variance: varianceOf(bias, meanSquare),
    min: -most(m => -m.min),
    max: most(m => m.max),
    worstCase: most(m => m.worstCase),
    errorRate: mean(m => m.errorRate),
    normalisedMeanErrorDistance: mean(m => m.normalisedMeanErrorDistance),
    normalisedWorstCase: most(m => m.normalisedWorstCase),
  };
}
