// SPDX-License-Identifier: Apache-2.0
/** Transpose for the CPU engines, row by row of the result. The stock kernel makes two lists for every element. */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

export const transpose =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {perm} = call.attrs as unknown as {perm: number[]};
    if (x.dtype !== 'float32' || x.shape.length === 0) return stock(call);
    const strides = [...util.computeStrides(x.shape), 1];
    const shape = perm.map(d => x.shape[d]);
    const backend = call.backend as MathBackendCPU;
    const out = new Float32Array(util.sizeFromShape(shape));
    const steps = perm.map(d => strides[d]);
    gather(floatValues(backend, x), shape, steps, out);
    return backend.makeTensorInfo(shape, 'float32', out);
  };

/** @param steps how far x moves from one coordinate of the result to the next, for each dimension. */
function gather(
  x: Float32Array,
  shape: readonly number[],
  steps: readonly number[],
  out: Float32Array,
): void {
  const last = shape.length - 1;
  let to = 0;
  const walk = (d: number, from: number): void => {
    const size = shape[d];
    const step = steps[d];
    if (d < last) {
      for (let i = 0; i < size; i++) walk(d + 1, from + i * step);
      return;
    }
    for (const end = to + size; to < end; to++, from += step) out[to] = x[from];
  };
  walk(0, 0);
}
