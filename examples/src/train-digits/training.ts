// SPDX-License-Identifier: Apache-2.0
/** One run: LeNet-5 trained and tested with one multiplier. Ordinary tfjs code but for two calls. */
import * as tf from '@tensorflow/tfjs';
import {
  type CoverageEntry,
  type MultiplierLike,
  coverage,
  resetCoverage,
  setMultiplier,
} from '@tfjs-approx/backend-approx';
import {
  type Dataset,
  batchesPerEpoch,
  leNet5,
  loadDigits,
  seededDataset,
  take,
  toTensors,
} from '@tfjs-approx/models';

export const LEARNING_RATE = 0.002;

export interface Settings {
  epochs: number;
  batchSize: number;
  seed: number;
  /** Training images: the first so many. */
  images: number;
}

/** The UCI digits with the training images of the settings. */
export async function loadData({images}: Settings): Promise<Dataset> {
  const digits = await loadDigits();
  return {...digits, train: take(digits.train, images)};
}

/** Figures of one epoch. Losses are cross-entropies, accuracies shares from 0 to 1. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Means over the epoch's batches, while the weights were still changing. */
  trainLoss: number;
  trainAccuracy: number;
  /** Over the whole test set, after the epoch. */
  testLoss: number;
  testAccuracy: number;
}

export interface Run {
  multiplier: string;
  history: Epoch[];
  seconds: number;
  /** Share of the run's multiply-accumulates, training and testing, that were approximate. */
  approximateShare: number;
  totalMacs: number;
  coverage: readonly CoverageEntry[];
}

/** Called while a run goes on. */
export interface Observer {
  onStart(): void;
  onBatch(epoch: number, batch: number, batches: number, loss: number): void;
  onEpoch(epoch: Epoch): void;
}

/**
 * Trains and tests from scratch. Two runs with the same settings differ in the multiplier only:
 * initial weights and the order of the images come from the seed.
 */
export async function train(
  label: string,
  multiplier: MultiplierLike,
  {train, test}: Dataset,
  {epochs, batchSize, seed}: Settings,
  observer: Observer,
): Promise<Run> {
  observer.onStart();
  setMultiplier(multiplier);
  resetCoverage();
  const start = performance.now();

  const model = leNet5({seed});
  const optimizer = tf.train.adam(LEARNING_RATE);
  model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const {xs, ys} = toTensors(test);
  const batches = batchesPerEpoch(train.size, batchSize);
  const history: Epoch[] = [];
  let running = 0;
  await model.fitDataset(seededDataset(train, {batchSize, seed}), {
    epochs,
    validationData: [xs, ys],
    validationBatchSize: test.size,
    verbose: 0,
    callbacks: {
      onEpochBegin: async epoch => {
        running = epoch;
      },
      onBatchEnd: async (batch, logs) => {
        observer.onBatch(running + 1, batch + 1, batches, logs!['loss']);
      },
      onEpochEnd: async (epoch, logs) => {
        history.push({
          epoch: epoch + 1,
          trainLoss: logs!['loss'],
          trainAccuracy: logs!['acc'],
          testLoss: logs!['val_loss'],
          testAccuracy: logs!['val_acc'],
        });
        observer.onEpoch(history.at(-1)!);
      },
    },
  });
  tf.dispose([xs, ys]);
  model.dispose();
  optimizer.dispose();

  const {approximateShare, totalMacs, entries} = coverage();
  return {
    multiplier: label,
    history,
    seconds: (performance.now() - start) / 1000,
    approximateShare,
    totalMacs,
    coverage: entries,
  };
}
