// SPDX-License-Identifier: Apache-2.0
/**
 * Reductions of tensors without elements: the stock kernels divide by their size and ask for NaN bytes, or
 * bind a buffer of no bytes. tfjs's CPU backend says what they are: a sum is 0, a product 1, a mean NaN.
 */
import {getKernel, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import {onCpu} from './cpu-kernels.js';

/** Inputs that come with an empty first one must be empty too: none is read from the GPU. */
export function emptyOnCpu(kernelName: string): (stock: KernelFunc) => KernelFunc {
  return stock => call => {
    const [x] = Object.values(call.inputs as unknown as Record<string, TensorInfo>);
    if (util.sizeFromShape(x.shape) > 0) return stock(call);
    return onCpu(getKernel(kernelName, 'cpu').kernelFunc)(call);
  };
}
