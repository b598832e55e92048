// SPDX-License-Identifier: Apache-2.0
/** Whole training steps of a network: forward, loss, both gradients, Adam. */
import * as tf from '@tensorflow/tfjs';
import {leNet5, preActResNet18, rowLstm} from '@tfjs-approx/models';
import type {BenchmarkCase} from './benchmark-case.js';
import {randomValues} from './random.js';

interface Network {
  readonly title: string;
  readonly image: readonly [height: number, width: number, channels: number];
  /** Multiply-accumulates per image forward; each gradient takes as many again... */
  readonly forwardMacs: number;
  /**
   * ...but for that of the network's input, which nobody asks for. Where a layer has no activation of
   * its own, tfjs fuses it and computes the gradient all the same.
   */
  readonly skippedMacs: number;
  build(): tf.LayersModel;
}

const CLASSES = 10;

export const NETWORKS = {
  lenet5: {
    title: 'LeNet-5',
    image: [28, 28, 1],
    forwardMacs: 416_520,
    skippedMacs: 28 * 28 * 25 * 6,
    build: () => leNet5({seed: 1}),
  },
  resnet18: {
    title: 'ResNet-18 (32)',
    image: [32, 32, 3],
    forwardMacs: 555_422_720,
    skippedMacs: 0,
    build: () => preActResNet18({seed: 1}),
  },
  lstm: {
    title: 'LSTM',
    image: [28, 28, 1],
    forwardMacs: 2_237_696,
    skippedMacs: 0,
    build: () => rowLstm({seed: 1}),
  },
} satisfies Record<string, Network>;

export type NetworkName = keyof typeof NETWORKS;

/** On random images: what they show does not change the time. */
export function trainingStep(network: NetworkName, batch: number): BenchmarkCase {
  const {title, image, forwardMacs, skippedMacs, build} = NETWORKS[network];
  return {
    group: 'step',
    name: `${title} step, batch ${batch}`,
    kind: `step of ${title}`,
    shape: [batch, ...image].join('x'),
    macs: batch * (3 * forwardMacs - skippedMacs),
    mostQueued: 16,
    hasState: true,
    prepare() {
      const model = build();
      const optimizer = tf.train.adam(0.001);
      const xs = tf.tensor(randomValues(batch * tf.util.sizeFromShape([...image]), 1), [
        batch,
        ...image,
      ]);
      const labels = Int32Array.from({length: batch}, (_, i) => i % CLASSES);
      const ys = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES).toFloat());
      const loss = (): tf.Scalar => {
        const predicted = model.apply(xs, {training: true}) as tf.Tensor;
        return tf.metrics.categoricalCrossentropy(ys, predicted).mean();
      };
      return {
        run: () => optimizer.minimize(loss, true)!,
        dispose() {
          tf.dispose([xs, ys]);
          optimizer.dispose();
          model.dispose();
        },
      };
    },
  };
}
