// SPDX-License-Identifier: Apache-2.0
/** A small convolutional net and its data. */
import * as tf from '@tensorflow/tfjs';

/** Height and width of its images. */
export const SIZE = 16;

/** Two convolutions and two dense layers: every kernel of the foundation takes part. */
export function smallNet(): tf.Sequential {
  const seeded = (seed: number) => tf.initializers.glorotUniform({seed});
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIZE, SIZE, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(1),
      }),
      tf.layers.maxPooling2d({poolSize: 2}),
      tf.layers.conv2d({filters: 6, kernelSize: 3, strides: 2, kernelInitializer: seeded(2)}),
      tf.layers.flatten(),
      tf.layers.dense({units: 12, activation: 'relu', kernelInitializer: seeded(3)}),
      tf.layers.dense({units: 5, activation: 'softmax', kernelInitializer: seeded(4)}),
    ],
  });
  model.compile({
    optimizer: tf.train.sgd(0.1),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/** One stripe per image; its row tells the class. */
export function stripes(count: number): {xs: tf.Tensor4D; ys: tf.Tensor} {
  const values = new Float32Array(count * SIZE * SIZE);
  const labels: number[] = [];
  for (let i = 0; i < count; i++) {
    const label = i % 5;
    labels.push(label);
    for (let x = 0; x < SIZE; x++) {
      for (let y = 0; y < SIZE; y++) {
        const noise = ((i * 7919 + x * 104729 + y * 1299709) % 97) / 970;
        values[(i * SIZE + y) * SIZE + x] = (Math.floor(y / 3) === label ? 1 : 0) + noise;
      }
    }
  }
  return {
    xs: tf.tensor4d(values, [count, SIZE, SIZE, 1]),
    ys: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 5).toFloat()),
  };
}
