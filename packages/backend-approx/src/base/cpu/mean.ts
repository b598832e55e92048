// SPDX-License-Identifier: Apache-2.0
/**
 * Mean over neighbouring dimensions, as in batch normalisation and global pooling, for the CPU engines. The stock
 * kernel divides all elements into a tensor of their own, then transposes that.
 */
import type {KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';
import {reductionOf, type Reduction} from './sum.js';

export const mean =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {axis, keepDims} = call.attrs as unknown as {axis: number | number[]; keepDims: boolean};
    const reduction = x.dtype === 'float32' ? reductionOf(x.shape, axis, keepDims) : undefined;
    if (!reduction) return stock(call);
    const backend = call.backend as MathBackendCPU;
    const means = meansOf(floatValues(backend, x), reduction);
    return backend.makeTensorInfo(reduction.shape, 'float32', means);
  };

/** Each element is divided and rounded, then their sum is rounded, as in the stock kernel. */
function meansOf(x: Float32Array, {outer, reduced, inner}: Reduction): Float32Array {
  const out = new Float32Array(outer * inner);
  const count = Math.fround(reduced);
  if (inner === 1) {
    for (let o = 0, i = 0; o < outer; o++) {
      let total = 0;
      for (const end = i + reduced; i < end; i++) total += Math.fround(x[i] / count);
      out[o] = total;
    }
    return out;
  }
  const sums = new Float64Array(inner);
  for (let o = 0, i = 0; o < outer; o++) {
    sums.fill(0);
    for (let r = 0; r < reduced; r++) {
      for (let j = 0; j < inner; j++, i++) sums[j] += Math.fround(x[i] / count);
    }
    out.set(sums, o * inner);
  }
  return out;
}
