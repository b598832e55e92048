// SPDX-License-Identifier: Apache-2.0
/**
 * Float32 sums. A long k with few outputs is cut into blocks, so that a GPU has enough independent work
 * for weight gradients; other sums are in ascending k.
 */
import type {Accumulator, SummationPlan} from './accumulator.js';

const LONGEST_SINGLE_BLOCK = 1024;
const MOST_BLOCKS = 64;
/** Outputs times blocks that keep a large GPU busy. */
const ENOUGH_PARALLEL_SUMS = 2 ** 22;
const BLOCK_GRANULE = 256;

function plan(outputs: number, k: number): SummationPlan {
  const most = Math.min(MOST_BLOCKS, Math.floor(ENOUGH_PARALLEL_SUMS / outputs));
  if (k <= LONGEST_SINGLE_BLOCK || most < 2) return {blocks: 1, blockSize: k};
  const blockSize = BLOCK_GRANULE * Math.ceil(k / (BLOCK_GRANULE * most));
  return {blocks: Math.ceil(k / blockSize), blockSize};
}

/** Both addends are float32: their sum is exact in double precision, or rounds to float32 alike. */
const add = (a: number, b: number): number => Math.fround(a + b);

/** The accumulator of every unit whose name asks for no other. */
export const fp32Accumulator: Accumulator = Object.freeze({
  name: 'fp32',
  kind: 'fp32',
  add,
  addBlock: add,
  plan,
});
