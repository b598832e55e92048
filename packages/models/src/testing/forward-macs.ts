// SPDX-License-Identifier: Apache-2.0
import type {LayersModel} from '@tensorflow/tfjs';

/** Multiply-accumulates of a model per image forward, from the shapes of its kernels and outputs. */
export function forwardMacs(model: LayersModel): number {
  let macs = 0;
  for (const layer of model.layers) {
    const kernels = layer.weights.filter(({originalName}) => /kernel$/.test(originalName));
    const weights = kernels.reduce((sum, {shape}) => sum + shape.reduce((p, n) => p! * n!, 1)!, 0);
    // A recurrent layer uses its kernels once per step, a convolution once per position.
    const places = layer.getClassName() === 'LSTM' ? layer.input : layer.output;
    const shape = (places as {shape: number[]}).shape;
    macs += weights * shape.slice(1, -1).reduce((p, n) => p * n, 1);
  }
  return macs;
}
