// SPDX-License-Identifier: Apache-2.0
/**
 * Operands as a real run has them, and the errors of a multiplier on them. Histograms are recorded
 * by `recordOperands` of @tfjs-approx/backend-approx; they are plain JSON.
 */
import {type ErrorMetrics, errorMetrics} from '../analysis/error-metrics.js';
import {MultiplierError, OperandsFormatError} from '../errors.js';
import {MAX_MANTISSA_BITS} from '../lut/from-product.js';
import type {MantissaLut} from '../lut/lut.js';
import type {Multiplier} from '../multiplier.js';
import {resolveMultiplier} from '../registry.js';

export const RECORDED_OPERANDS_KIND = 'tfjs-approx recorded operands';

/** What the elements of the tensors were that stood in one place of a product. */
export interface OperandHistogram {
  /** Elements counted, zeros and non-finite ones among them. */
  readonly values: number;
  /** Zeros and subnormals. A product with one is exact. */
  readonly zeros: number;
  /** Infinities and NaN. */
  readonly nonFinite: number;
  /** How often each value of the top fraction bits occurred; length 2^fractionBits. */
  readonly fractions: readonly number[];
  /** How often each exponent occurred: `counts[i]` is of 2^(first + i). */
  readonly exponents: {readonly first: number; readonly counts: readonly number[]};
}

/** The products of one layer in one pass. */
export interface RecordedProducts {
  /** Path of layer names; '' for products outside layers. */
  readonly layer: string;
  readonly pass: 'forward' | 'inputGradient' | 'weightGradient';
  readonly calls: number;
  /** Multiply-accumulates. */
  readonly macs: number;
  readonly first: OperandHistogram;
  readonly second: OperandHistogram;
}

export interface RecordedOperands {
  readonly kind: typeof RECORDED_OPERANDS_KIND;
  readonly version: 1;
  /** Bits of the fraction that the histograms tell apart, 1..11. */
  readonly fractionBits: number;
  readonly products: readonly RecordedProducts[];
}

/**
 * Reads what `JSON.stringify` made of recorded operands.
 *
 * @param file For messages.
 * @throws {OperandsFormatError} that names the part that is wrong.
 */
export function parseRecordedOperands(json: string, file: string): RecordedOperands {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new OperandsFormatError(file, 'text', {
      found: (error as Error).message,
      expected: 'JSON, as JSON.stringify makes it of what recordOperands returns',
    });
  }
  const expect = (part: string, isGood: boolean, found: unknown, expected: string) => {
    if (isGood) return;
    throw new OperandsFormatError(file, part, {found: String(JSON.stringify(found)), expected});
  };
  const recorded = (value ?? {}) as RecordedOperands;
  const {kind, version, fractionBits, products} = recorded;
  expect('kind', kind === RECORDED_OPERANDS_KIND, kind, `"${RECORDED_OPERANDS_KIND}"`);
  expect('version', version === 1, version, '1');
  const isWidth =
    Number.isInteger(fractionBits) && fractionBits >= 1 && fractionBits <= MAX_MANTISSA_BITS;
  expect('fractionBits', isWidth, fractionBits, `an integer in 1..${MAX_MANTISSA_BITS}`);
  expect('products', Array.isArray(products), products, 'a list');
  for (const [p, product] of products.entries()) {
    const {layer, pass, macs, ...operands} = product ?? {};
    const at = `products[${p}]`;
    expect(`${at}.layer`, typeof layer === 'string', layer, 'a text');
    expect(`${at}.pass`, typeof pass === 'string', pass, 'a text');
    expect(`${at}.macs`, isCount(macs), macs, 'a count');
    for (const place of ['first', 'second'] as const) {
      const {values, zeros, fractions, exponents} = operands[place] ?? {};
      expect(`${at}.${place}.values`, isCount(values), values, 'a count');
      expect(`${at}.${place}.zeros`, isCount(zeros), zeros, 'a count');
      const isHistogram =
        Array.isArray(fractions) &&
        fractions.length === 2 ** fractionBits &&
        fractions.every(isCount);
      const found = Array.isArray(fractions) ? `${fractions.length} values` : fractions;
      expect(`${at}.${place}.fractions`, isHistogram, found, `${2 ** fractionBits} counts`);
      const isRange =
        Number.isInteger(exponents?.first) &&
        Array.isArray(exponents.counts) &&
        exponents.counts.every(isCount);
      expect(`${at}.${place}.exponents`, isRange, exponents, '{first, counts}');
    }
  }
  return recorded;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

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
    weights[fraction % weights.length]! += count;
    sum += count;
  };
  for (let bin = 0; bin < fractions.length; bin++) {
    const below = bin >>> dropped;
    if (rounding === 'truncate') {
      add(below, fractions[bin]!);
    } else if (dropped === 0) {
      // The bits that decide were not recorded.
      add(below, fractions[bin]! / 2);
      add(below + 1, fractions[bin]! / 2);
    } else {
      add(below + ((bin >>> (dropped - 1)) & 1), fractions[bin]!);
    }
  }
  return sum === 0 ? null : weights.map(weight => weight / sum);
}

/** Errors over the products of non-zero operands. */
export interface RecordedMetrics {
  /** All products together, by their number; null where every product was zero. */
  readonly all: ErrorMetrics | null;
  /** In the order of the recorded products. */
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
  const products = recorded.products.map(({first, second}) => {
    const weights = [first, second].map(histogram => recordedWeights(histogram, multiplier));
    const [a, b] = weights;
    return a && b ? errorMetrics(multiplier, {weights: {first: a, second: b}}) : null;
  });
  const parts = products.flatMap((metrics, p) => {
    const {macs, first, second} = recorded.products[p]!;
    return metrics ? [{metrics, weight: macs * nonZeroShare(first) * nonZeroShare(second)}] : [];
  });
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
    pairs: parts[0]!.metrics.pairs,
    mean: bias,
    meanAbsolute: mean(m => m.meanAbsolute),
    rootMeanSquare: Math.sqrt(meanSquare),
    variance: meanSquare - bias ** 2,
    min: -most(m => -m.min),
    max: most(m => m.max),
    worstCase: most(m => m.worstCase),
    errorRate: mean(m => m.errorRate),
    normalisedMeanErrorDistance: mean(m => m.normalisedMeanErrorDistance),
    normalisedWorstCase: most(m => m.normalisedWorstCase),
  };
}
