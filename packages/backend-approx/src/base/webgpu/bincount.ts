// SPDX-License-Identifier: Apache-2.0
/** Bincount of any rank: the stock shader reads a flat tensor, but is given the shape of the input. */
import type {KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import {flat} from './program.js';

export const bincount =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x, weights} = call.inputs as unknown as Record<string, TensorInfo>;
    return stock({...call, inputs: {x: flat(x), weights: flat(weights)}});
  };
