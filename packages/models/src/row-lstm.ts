// SPDX-License-Identifier: Apache-2.0
/** An LSTM that reads an image row by row. */
import * as tf from '@tensorflow/tfjs';
import {layerSeed} from './seeds.js';

export interface RowLstmOptions {
  /** Makes the initial weights reproducible; any integer. Without it they are random. */
  seed?: number;
  /** Size of the LSTM's state; default 128. */
  units?: number;
}

/**
 * A classifier of 28x28 images that takes the rows as a sequence of 28 vectors: one LSTM
 * (S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997), then one dense
 * layer. With 128 units 81,674 parameters and 2,237,696 multiply-accumulates per image forward.
 *
 * The recurrent kernel starts Glorot-uniform: Keras's default, an orthogonal matrix, is slow in tfjs.
 *
 * @returns an uncompiled model from [batch, 28, 28, 1] to [batch, 10] class probabilities.
 */
export function rowLstm(options: RowLstmOptions = {}): tf.Sequential {
  const {seed, units = 128} = options;
  const initializer = (layer: number) =>
    tf.initializers.glorotUniform({seed: layerSeed(seed, layer)});

  const model = tf.sequential({name: 'row_lstm'});
  model.add(tf.layers.reshape({name: 'rows', inputShape: [28, 28, 1], targetShape: [28, 28]}));
  model.add(
    tf.layers.lstm({
      name: 'lstm',
      units,
      kernelInitializer: initializer(0),
      recurrentInitializer: initializer(1),
    }),
  );
  model.add(
    tf.layers.dense({
      name: 'output',
      units: 10,
      activation: 'softmax',
      kernelInitializer: initializer(2),
    }),
  );
  return model;
}
