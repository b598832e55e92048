// SPDX-License-Identifier: Apache-2.0
/** What the residual networks are made of: seeded convolutions, batch normalisation, stages of blocks. */
import * as tf from '@tensorflow/tfjs';
import {layerSeed} from './seeds.js';

/** Channels of the four stages; each but the first halves height and width. */
export const STAGE_FILTERS = [64, 128, 256, 512] as const;
export const BLOCKS_PER_STAGE = 2;

export interface ConvolutionOptions {
  name: string;
  filters: number;
  kernelSize: number;
  strides?: number;
}

/** Makes the layers of one network; each convolution takes the next seed. */
export class ResidualLayers {
  readonly #seed: number | undefined;
  #count = 0;

  constructor(seed: number | undefined) {
    this.#seed = seed;
  }

  /** For the next layer with a kernel. */
  nextSeed(): number | undefined {
    return layerSeed(this.#seed, this.#count++);
  }

  /**
   * A padded convolution without a bias. TensorFlow pads strided convolutions of even sizes at the
   * bottom and right, PyTorch in effect at the top and left: each is the mirror image of the other.
   */
  convolution(x: tf.SymbolicTensor, options: ConvolutionOptions): tf.SymbolicTensor {
    return tf.layers
      .conv2d({
        ...options,
        padding: 'same',
        useBias: false,
        kernelInitializer: tf.initializers.heNormal({seed: this.nextSeed()}),
      })
      .apply(x) as tf.SymbolicTensor;
  }

  /** With PyTorch's constants, with which these networks are usually trained. */
  normalised(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return tf.layers
      .batchNormalization({name, momentum: 0.9, epsilon: 1e-5})
      .apply(x) as tf.SymbolicTensor;
  }

  relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return tf.layers.reLU({name}).apply(x) as tf.SymbolicTensor;
  }

  sum(a: tf.SymbolicTensor, b: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    return tf.layers.add({name}).apply([a, b]) as tf.SymbolicTensor;
  }

  /** Means of all channels, then one dense layer to class probabilities. */
  classifier(x: tf.SymbolicTensor, classes: number): tf.SymbolicTensor {
    const means = tf.layers.globalAveragePooling2d({name: 'pool'}).apply(x);
    return tf.layers
      .dense({
        name: 'output',
        units: classes,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({seed: this.nextSeed()}),
      })
      .apply(means) as tf.SymbolicTensor;
  }
}

/** Whether a block's input and output differ in shape, so that a 1x1 convolution must join them. */
export function changesShape(x: tf.SymbolicTensor, filters: number, strides: number): boolean {
  return strides !== 1 || x.shape.at(-1) !== filters;
}

type Block = (
  layers: ResidualLayers,
  x: tf.SymbolicTensor,
  options: {name: string; filters: number; strides: number},
) => tf.SymbolicTensor;

/** Four stages of two blocks. */
export function stages(
  layers: ResidualLayers,
  x: tf.SymbolicTensor,
  block: Block,
): tf.SymbolicTensor {
  STAGE_FILTERS.forEach((filters, stage) => {
    for (let i = 0; i < BLOCKS_PER_STAGE; i++) {
      const strides = stage > 0 && i === 0 ? 2 : 1;
      x = block(layers, x, {name: `stage${stage + 1}_block${i + 1}`, filters, strides});
    }
  });
  return x;
}
