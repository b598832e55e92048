// SPDX-License-Identifier: Apache-2.0
/** ResNet-18 for large images: the residual network of 2015, batch normalisation after convolutions. */
import * as tf from '@tensorflow/tfjs';
import {changesShape, ResidualLayers, stages} from './residual.js';

export interface ResNet18Options {
  /** Makes the initial weights reproducible; any integer. Without it they are random. */
  seed?: number;
  /** Classes of the output; default 1000, as in ImageNet. */
  classes?: number;
}

/**
 * ResNet-18 (K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR
 * 2016) for 224x224 images: a 7x7 convolution and max pooling, then four stages of two blocks with 64
 * to 512 channels. 1x1 convolutions join blocks whose input and output differ in shape (the paper's
 * option B). 11,689,512 trainable parameters, 1,814,073,344 multiply-accumulates per image forward.
 *
 * @returns an uncompiled model from [batch, 224, 224, 3] to [batch, classes] class probabilities.
 */
export function resNet18(options: ResNet18Options = {}): tf.LayersModel {
  const {seed, classes = 1000} = options;
  const layers = new ResidualLayers(seed);
  const input = tf.input({shape: [224, 224, 3], name: 'image'});
  let x = layers.convolution(input, {name: 'conv1', filters: 64, kernelSize: 7, strides: 2});
  x = layers.relu(layers.normalised(x, 'bn1'), 'relu1');
  x = tf.layers
    .maxPooling2d({name: 'pool1', poolSize: 3, strides: 2, padding: 'same'})
    .apply(x) as tf.SymbolicTensor;
  x = stages(layers, x, (_, inner, {name, filters, strides}) => {
    let y = layers.convolution(inner, {name: `${name}_conv1`, filters, kernelSize: 3, strides});
    y = layers.relu(layers.normalised(y, `${name}_bn1`), `${name}_relu1`);
    y = layers.convolution(y, {name: `${name}_conv2`, filters, kernelSize: 3});
    y = layers.normalised(y, `${name}_bn2`);
    let shortcut = inner;
    if (changesShape(inner, filters, strides)) {
      const name1 = `${name}_shortcut`;
      shortcut = layers.convolution(inner, {name: name1, filters, kernelSize: 1, strides});
      shortcut = layers.normalised(shortcut, `${name}_shortcut_bn`);
    }
    return layers.relu(layers.sum(y, shortcut, `${name}_sum`), `${name}_relu2`);
  });
  return tf.model({inputs: input, outputs: layers.classifier(x, classes), name: 'resnet_18'});
}
