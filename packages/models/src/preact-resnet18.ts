// SPDX-License-Identifier: Apache-2.0
/** ResNet-18 for small images: the residual network of 2016, batch normalisation before convolutions. */
import * as tf from '@tensorflow/tfjs';
import {changesShape, ResidualLayers, stages} from './residual.js';

export interface PreActResNet18Options {
  /** Makes the initial weights reproducible; any integer. Without it they are random. */
  seed?: number;
  /** Classes of the output; default 10, as in CIFAR-10. */
  classes?: number;
}

/**
 * ResNet-18 in its pre-activation form (K. He, X. Zhang, S. Ren, J. Sun, "Identity mappings in deep
 * residual networks", ECCV 2016) for 32x32 images, as it is commonly trained on CIFAR-10: a 3x3
 * convolution without pooling, then four stages of two blocks with 64 to 512 channels. A 1x1
 * convolution of the activated input is the shortcut where shapes differ; there is no normalisation
 * after the last block. 11,171,146 trainable parameters, 555,422,720 multiply-accumulates per image
 * forward.
 *
 * @returns an uncompiled model from [batch, 32, 32, 3] to [batch, classes] class probabilities.
 */
export function preActResNet18(options: PreActResNet18Options = {}): tf.LayersModel {
  const {seed, classes = 10} = options;
  const layers = new ResidualLayers(seed);
  const input = tf.input({shape: [32, 32, 3], name: 'image'});
  let x = layers.convolution(input, {name: 'conv1', filters: 64, kernelSize: 3});
  x = stages(layers, x, (_, inner, {name, filters, strides}) => {
    const active = layers.relu(layers.normalised(inner, `${name}_bn1`), `${name}_relu1`);
    const shortcut = changesShape(inner, filters, strides)
      ? layers.convolution(active, {name: `${name}_shortcut`, filters, kernelSize: 1, strides})
      : inner;
    let y = layers.convolution(active, {name: `${name}_conv1`, filters, kernelSize: 3, strides});
    y = layers.relu(layers.normalised(y, `${name}_bn2`), `${name}_relu2`);
    y = layers.convolution(y, {name: `${name}_conv2`, filters, kernelSize: 3});
    return layers.sum(y, shortcut, `${name}_sum`);
  });
  const outputs = layers.classifier(x, classes);
  return tf.model({inputs: input, outputs, name: 'preact_resnet_18'});
}
