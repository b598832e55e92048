// SPDX-License-Identifier: Apache-2.0
/**
 * Seeded batches: the order of the training images depends on a seed and on nothing else.
 *
 * `model.fit` shuffles with the unseeded Math.random, so two runs never see the same batches. A
 * comparison of multipliers needs the same ones: shuffle here and train with `fitDataset`, or take
 * one epoch's order and call `fit` with `shuffle: false`.
 */
import * as tf from '@tensorflow/tfjs';
import {type ImageSet, type ImageTensors, pick, toTensors} from './dataset.js';
import {hash32, permutation} from './random.js';

export interface BatchOptions {
  /** Images per batch; the last batch of an epoch holds what is left. */
  batchSize: number;
  /** Any integer. */
  seed: number;
}

/**
 * The order in which an epoch visits a set: another one for every epoch, the same for every run.
 * @param epoch from 0.
 * @returns `size` indices, each exactly once.
 */
export function epochOrder(size: number, seed: number, epoch: number): Uint32Array {
  return permutation(size, hash32(seed, epoch));
}

/** Batches in an epoch. */
export function batchesPerEpoch(size: number, batchSize: number): number {
  return Math.ceil(size / batchSize);
}

/**
 * One epoch of batches. The consumer disposes of each batch's tensors.
 * @param epoch from 0.
 */
export function* seededBatches(
  set: ImageSet,
  {batchSize, seed}: BatchOptions,
  epoch: number,
): Generator<ImageTensors> {
  checkBatchSize(batchSize);
  const order = epochOrder(set.size, seed, epoch);
  for (let start = 0; start < order.length; start += batchSize) {
    yield toTensors(pick(set, order.subarray(start, start + batchSize)));
  }
}

/**
 * Seeded batches as a `tf.data.Dataset` for `model.fitDataset`, which disposes of the tensors. Each
 * pass over it is the next epoch with its own order, so make a new one for every run.
 */
export function seededDataset(set: ImageSet, options: BatchOptions): tf.data.Dataset<Batch> {
  checkBatchSize(options.batchSize);
  let epoch = 0;
  // fitDataset asks for one iterator more than it uses. A generator's body starts at the first
  // `next`, so an iterator that is never used does not count as an epoch.
  function* nextEpoch(): Generator<Batch> {
    yield* seededBatches(set, options, epoch++) as Generator<Batch>;
  }
  return tf.data.generator<Batch>(nextEpoch);
}

/** A batch as tf.data types it: a record of named tensors. */
export type Batch = ImageTensors & tf.TensorContainerObject;

function checkBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Error in seeded batches: batchSize must be a positive integer, but got ${batchSize}.`,
    );
  }
}
