// SPDX-License-Identifier: Apache-2.0
/** LeNet-5: two convolutions and three dense layers, in today's form and in that of 1998. */
import * as tf from '@tensorflow/tfjs';
import {layerSeed} from './seeds.js';

export interface LeNet5Options {
  /** Makes the initial weights reproducible; any integer. Without it they are random. */
  seed?: number;
  /** `modern` (the default): ReLU and max pooling. `1998`: tanh and average pooling. */
  variant?: 'modern' | '1998';
}

/**
 * LeNet-5 (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
 * recognition", Proc. IEEE 86, 1998) for 28x28 images: the first convolution is padded, which
 * stands for the paper's 32x32 input; channels 6-16, dense layers 120-84-10. 61,706 parameters;
 * 416,520 multiply-accumulates per image forward.
 *
 * The variant `1998` has the paper's activations and pooling, but, as in every current
 * re-implementation, plain tanh, pooling without weights, a full second convolution instead of the
 * paper's partly connected one, and softmax instead of the radial basis functions.
 *
 * @returns an uncompiled model from [batch, 28, 28, 1] to [batch, 10] class probabilities.
 */
export function leNet5(options: LeNet5Options = {}): tf.Sequential {
  const {seed, variant = 'modern'} = options;
  if (variant !== 'modern' && variant !== '1998') {
    throw new RangeError(
      `Error in leNet5: variant must be 'modern' or '1998', but got '${String(variant)}'.`,
    );
  }
  const activation = variant === '1998' ? 'tanh' : 'relu';
  const pooling = variant === '1998' ? tf.layers.averagePooling2d : tf.layers.maxPooling2d;
  const initializer = (layer: number) =>
    tf.initializers.glorotUniform({seed: layerSeed(seed, layer)});

  const model = tf.sequential({name: 'lenet_5'});
  model.add(
    tf.layers.conv2d({
      name: 'conv1',
      inputShape: [28, 28, 1],
      filters: 6,
      kernelSize: 5,
      padding: 'same',
      activation,
      kernelInitializer: initializer(0),
    }),
  );
  model.add(pooling({name: 'pool1', poolSize: 2, strides: 2}));
  model.add(
    tf.layers.conv2d({
      name: 'conv2',
      filters: 16,
      kernelSize: 5,
      activation,
      kernelInitializer: initializer(1),
    }),
  );
  model.add(pooling({name: 'pool2', poolSize: 2, strides: 2}));
  model.add(tf.layers.flatten({name: 'flatten'}));
  model.add(
    tf.layers.dense({name: 'dense1', units: 120, activation, kernelInitializer: initializer(2)}),
  );
  model.add(
    tf.layers.dense({name: 'dense2', units: 84, activation, kernelInitializer: initializer(3)}),
  );
  model.add(
    tf.layers.dense({
      name: 'output',
      units: 10,
      activation: 'softmax',
      kernelInitializer: initializer(4),
    }),
  );
  return model;
}
