// SPDX-License-Identifier: Apache-2.0
/** MobileNetV1: depthwise and 1x1 convolutions in turn. */
import * as tf from '@tensorflow/tfjs';
import {layerSeed} from './seeds.js';

export interface MobileNetV1Options {
  /** Makes the initial weights reproducible; any integer. Without it they are random. */
  seed?: number;
  /** Classes of the output; default 1000, as in ImageNet. */
  classes?: number;
}

/** Channels and stride of each depthwise-separable block. */
const BLOCKS: readonly (readonly [filters: number, strides: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/**
 * MobileNetV1 (A. G. Howard et al., "MobileNets: Efficient convolutional neural networks for mobile
 * vision applications", 2017) for 224x224 images with width multiplier 1, as in Keras: ReLU limited to
 * 6, no dropout. 4,253,864 parameters, 4,231,976 of them trainable; 568,740,352 multiply-accumulates
 * per image forward.
 *
 * @returns an uncompiled model from [batch, 224, 224, 3] to [batch, classes] class probabilities.
 */
export function mobileNetV1(options: MobileNetV1Options = {}): tf.LayersModel {
  const {seed, classes = 1000} = options;
  let layer = 0;
  const initializer = () => tf.initializers.glorotUniform({seed: layerSeed(seed, layer++)});
  const model = tf.sequential({name: 'mobilenet_v1'});
  const activated = (name: string) => {
    model.add(tf.layers.batchNormalization({name: `${name}_bn`, momentum: 0.99, epsilon: 1e-3}));
    model.add(tf.layers.reLU({name: `${name}_relu`, maxValue: 6}));
  };

  model.add(
    tf.layers.conv2d({
      name: 'conv1',
      inputShape: [224, 224, 3],
      filters: 32,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      useBias: false,
      kernelInitializer: initializer(),
    }),
  );
  activated('conv1');
  BLOCKS.forEach(([filters, strides], i) => {
    const depthwise = `depthwise${i + 1}`;
    model.add(
      tf.layers.depthwiseConv2d({
        name: depthwise,
        kernelSize: 3,
        strides,
        padding: 'same',
        useBias: false,
        depthwiseInitializer: initializer(),
      }),
    );
    activated(depthwise);
    const pointwise = `pointwise${i + 1}`;
    model.add(
      tf.layers.conv2d({
        name: pointwise,
        filters,
        kernelSize: 1,
        useBias: false,
        kernelInitializer: initializer(),
      }),
    );
    activated(pointwise);
  });
  model.add(tf.layers.globalAveragePooling2d({name: 'pool'}));
  model.add(
    tf.layers.dense({
      name: 'output',
      units: classes,
      activation: 'softmax',
      kernelInitializer: initializer(),
    }),
  );
  return model;
}
