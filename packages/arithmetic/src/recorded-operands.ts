// SPDX-License-Identifier: Apache-2.0
/**
 * Operands as a real run has them: histograms by layer and pass, plain JSON. The backend's
 * `recordOperands` makes them, lut-builder judges multipliers on them.
 */

export const RECORDED_OPERANDS_KIND = 'tfjs-approx recorded operands';

/** In the order in which they are shown. */
export const RECORDED_PASSES = ['forward', 'inputGradient', 'weightGradient'] as const;
export type RecordedPass = (typeof RECORDED_PASSES)[number];

/** What the elements of the tensors were that stood in one place of a product. */
export interface OperandHistogram {
  /** Elements counted: zeros, non-finite ones, and those with a fraction and an exponent. */
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
  readonly pass: RecordedPass;
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
