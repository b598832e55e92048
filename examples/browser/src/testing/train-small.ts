// SPDX-License-Identifier: Apache-2.0
/** Three epochs of a tiny seeded network: the same losses wherever its products have the same bits. */
import type * as tfjs from '@tensorflow/tfjs';

/** Holds everything it needs, so that its text can be put into a page. */
export async function trainSmall(tf: typeof tfjs): Promise<number[]> {
  const dense = (units: number, seed: number) =>
    tf.layers.dense({units, kernelInitializer: tf.initializers.glorotUniform({seed})});
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({inputShape: [3]}));
  model.add(dense(4, 11));
  model.add(tf.layers.reLU());
  model.add(dense(1, 12));
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const xs = tf.tensor2d(
    Array.from({length: 48}, (_, i) => ((i * 37) % 97) / 97 - 0.5),
    [16, 3],
  );
  const ys = tf.tensor2d(
    Array.from({length: 16}, (_, i) => ((i * 29) % 31) / 31),
    [16, 1],
  );
  const {history} = await model.fit(xs, ys, {epochs: 3, shuffle: false, verbose: 0});
  tf.dispose([xs, ys]);
  model.dispose();
  return history['loss'] as number[];
}
