// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of an accumulator: how the products of one output are added up. The order is part of
 * the simulated hardware, so it is a pure function of the shape, never of the device, and every engine
 * and every GPU returns the same bits.
 */

/** k is cut into `blocks` runs of `blockSize` consecutive indices; the last may be shorter. */
export interface SummationPlan {
  readonly blocks: number;
  readonly blockSize: number;
}

/**
 * How one addition is formed; engines have loops of their own for each.
 * - `fp32`: both addends are float32, and the sum is rounded to float32.
 */
export type AdditionKind = 'fp32';

/**
 * Products are added in ascending k, in each block from +0; then the blocks' sums are added in
 * ascending order, from +0 too. Immutable.
 */
export interface Accumulator {
  /** What follows the `+` in a unit's name: `mbm7+ascending`. */
  readonly name: string;
  readonly kind: AdditionKind;
  /** A product added to the sum of its block: the definition with which engines' loops are compared. */
  add(sum: number, product: number): number;
  /** The sum of a block added to those of the blocks before it. */
  addBlock(total: number, sum: number): number;
  /** @param outputs b * m * n. @param k the number of products per output, padding included. */
  plan(outputs: number, k: number): SummationPlan;
}
