// SPDX-License-Identifier: Apache-2.0
/** One training step of LeNet-5: forward, loss, both gradients, Adam. */
import * as tf from '@tensorflow/tfjs';
import {leNet5} from '@tfjs-approx/models';
import type {BenchmarkCase} from './benchmark-case.js';
import {randomValues} from './random.js';

const IMAGE = [28, 28, 1] as const;
const CLASSES = 10;

/** On random images: what they show does not change the time. */
export function leNet5Step(batch: number): BenchmarkCase {
  return {
    group: 'lenet5',
    name: `LeNet-5 step, batch ${batch}`,
    mostQueued: 16,
    prepare() {
      const model = leNet5({seed: 1});
      const optimizer = tf.train.adam(0.001);
      const xs = tf.tensor(randomValues(batch * IMAGE[0] * IMAGE[1], 1), [batch, ...IMAGE]);
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
