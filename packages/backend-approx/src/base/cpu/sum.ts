// SPDX-License-Identifier: Apache-2.0
/**
 * Sum over the first dimensions, as in the gradient of a bias, for the CPU engines. The stock kernel transposes
 * the tensor first, which took longer than anything else in a LeNet-5 step.
 */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

export const sum =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {axis, keepDims} = call.attrs as unknown as {axis: number | number[]; keepDims: boolean};
    const axes = util.parseAxisParam(axis, x.shape);
    const kept = x.shape.slice(axes.length);
    const areFirst = axes.every((a, d) => a === d);
    if (x.dtype !== 'float32' || !areFirst || axes.length === 0 || kept.length === 0) {
      return stock(call);
    }
    const backend = call.backend as MathBackendCPU;
    const values = floatValues(backend, x);
    // Rounded once, as in the stock kernel, which adds in the same order.
    const sums = new Float64Array(util.sizeFromShape(kept));
    for (let i = 0; i < values.length;) {
      for (let j = 0; j < sums.length; j++, i++) sums[j] += values[i];
    }
    const shape = keepDims ? [...axes.map(() => 1), ...kept] : kept;
    return backend.makeTensorInfo(shape, 'float32', Float32Array.from(sums));
  };
