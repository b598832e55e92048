// SPDX-License-Identifier: Apache-2.0
/**
 * The order of additions, which is part of the contract: a pure function of the shape, never of
 * the device, so that every engine and every GPU returns the same bits.
 *
 * Products are added in ascending k, each addition rounded to float32, starting from +0. A long k
 * with few outputs is cut into blocks; each block sums from +0 and the block sums are added in
 * ascending order, so that a GPU has enough independent work for weight gradients.
 */

/** k is cut into `blocks` runs of `blockSize` consecutive indices; the last may be shorter. */
export interface SummationPlan {
  readonly blocks: number;
  readonly blockSize: number;
}

const LONGEST_SINGLE_BLOCK = 1024;
const MOST_BLOCKS = 64;
/** Outputs times blocks that keep a large GPU busy. */
const ENOUGH_PARALLEL_SUMS = 2 ** 22;
const BLOCK_GRANULE = 256;

/** @param outputs b * m * n. @param k the number of products per output, padding included. */
export function planSummation(outputs: number, k: number): SummationPlan {
  const most = Math.min(MOST_BLOCKS, Math.floor(ENOUGH_PARALLEL_SUMS / outputs));
  if (k <= LONGEST_SINGLE_BLOCK || most < 2) return {blocks: 1, blockSize: k};
  const blockSize = BLOCK_GRANULE * Math.ceil(k / (BLOCK_GRANULE * most));
  return {blocks: Math.ceil(k / blockSize), blockSize};
}
