// SPDX-License-Identifier: Apache-2.0
/** One small net and its data, shared by the tests, so that a GPU compiles few shaders. */
import * as tf from '@tensorflow/tfjs';
import {randomFloats} from '#src/testing/random.js';

export const FEATURES = 3;
export const HIDDEN = 4;
export const CLASSES = 2;
/** Rows of the data. */
export const ROWS = 12;

/** Multiply-accumulates of one row in each pass; the input needs no gradient. */
export const MACS_OF_ROW = {
  forward: FEATURES * HIDDEN + HIDDEN * CLASSES,
  weightGradient: FEATURES * HIDDEN + HIDDEN * CLASSES,
  inputGradient: HIDDEN * CLASSES,
};

export function denseNet(optimizer: tf.Optimizer = tf.train.sgd(0.5)): tf.Sequential {
  const seeded = (seed: number) => tf.initializers.glorotUniform({seed});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        name: 'hidden',
        units: HIDDEN,
        inputShape: [FEATURES],
        activation: 'relu',
        kernelInitializer: seeded(1),
      }),
      tf.layers.dense({
        name: 'classes',
        units: CLASSES,
        activation: 'softmax',
        kernelInitializer: seeded(2),
      }),
    ],
  });
  model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return model;
}

/** Rows whose class is the sign of their first feature. */
export function rows(): {xs: number[][]; ys: number[][]} {
  const values = randomFloats(ROWS * FEATURES, 7, {exponents: [-2, 0], zeros: 0});
  const xs = Array.from({length: ROWS}, (_, row) => [
    ...values.slice(row * FEATURES, (row + 1) * FEATURES),
  ]);
  return {xs, ys: xs.map(([first]) => (first > 0 ? [1, 0] : [0, 1]))};
}

export function tensors(): {xs: tf.Tensor2D; ys: tf.Tensor2D} {
  const {xs, ys} = rows();
  return {xs: tf.tensor2d(xs), ys: tf.tensor2d(ys)};
}

/** The values of all weights, in order. */
export async function weightsOf(layers: tf.LayersModel | tf.layers.Layer): Promise<number[]> {
  const values = await Promise.all(layers.getWeights().map(weight => weight.data()));
  return values.flatMap(array => [...array]);
}

/** Disposes tensors, models and optimisers: `tf.dispose` takes only tensors. */
export function release(...things: readonly {dispose(): unknown}[]): void {
  for (const thing of things) thing.dispose();
}
