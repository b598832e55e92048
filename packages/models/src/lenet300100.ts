// SPDX-License-Identifier: Apache-2.0
/** LeNet-300-100: the classic fully connected network with two hidden layers. */
import * as tf from '@tensorflow/tfjs';
import {layerSeed} from './seeds.js';

export interface LeNet300100Options {
  /** Makes the initial weights reproducible; any integer. Without it they are random. */
  seed?: number;
}

/**
 * LeNet-300-100 (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
 * document recognition", Proc. IEEE 86, 1998): 784-300-100-10, here with ReLU and softmax as it is
 * trained today. 266,610 parameters; 266,200 multiply-accumulates per image forward.
 *
 * @returns an uncompiled model from [batch, 28, 28, 1] to [batch, 10] class probabilities.
 */
export function leNet300100(options: LeNet300100Options = {}): tf.Sequential {
  const initializer = (layer: number) =>
    tf.initializers.glorotUniform({seed: layerSeed(options.seed, layer)});

  const model = tf.sequential({name: 'lenet_300_100'});
  model.add(tf.layers.flatten({name: 'flatten', inputShape: [28, 28, 1]}));
  model.add(
    tf.layers.dense({
      name: 'dense1',
      units: 300,
      activation: 'relu',
      kernelInitializer: initializer(0),
    }),
  );
  model.add(
    tf.layers.dense({
      name: 'dense2',
      units: 100,
      activation: 'relu',
      kernelInitializer: initializer(1),
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
