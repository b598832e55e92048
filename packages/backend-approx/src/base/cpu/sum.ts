// SPDX-License-Identifier: Apache-2.0
/**
 * Sum over neighbouring dimensions, as in the gradient of a bias, for the CPU engines. The stock kernel transposes
 * the tensor first, which took longer than anything else in a LeNet-5 step.
 */
import {backend_util, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

/** A tensor as [outer, reduced, inner], which is to be summed over its middle dimension. */
export interface Reduction {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  /** Of the result. */
  readonly shape: number[];
}

/** @returns undefined unless the dimensions are neighbours in ascending order. */
export function reductionOf(
  shape: number[],
  axis: number | number[],
  keepDims: boolean,
): Reduction | undefined {
  const axes = util.parseAxisParam(axis, shape);
  const [first] = axes;
  if (axes.length === 0 || axes.some((a, d) => a !== first + d)) return undefined;
  const end = first + axes.length;
  const [kept] = backend_util.computeOutAndReduceShapes(shape, axes);
  return {
    outer: util.sizeFromShape(shape.slice(0, first)),
    reduced: util.sizeFromShape(shape.slice(first, end)),
    inner: util.sizeFromShape(shape.slice(end)),
    shape: keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept,
  };
}

export const sum =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {axis, keepDims} = call.attrs as unknown as {axis: number | number[]; keepDims: boolean};
    const reduction = x.dtype === 'float32' ? reductionOf(x.shape, axis, keepDims) : undefined;
    if (!reduction) return stock(call);
    const backend = call.backend as MathBackendCPU;
    const sums = sumsOf(floatValues(backend, x), reduction);
    return backend.makeTensorInfo(reduction.shape, 'float32', sums);
  };

/** Sums are rounded once, as in the stock kernel, which adds in the same order. */
function sumsOf(x: Float32Array, {outer, reduced, inner}: Reduction): Float32Array {
  const out = new Float32Array(outer * inner);
  if (inner === 1) {
    for (let o = 0, i = 0; o < outer; o++) {
      let total = 0;
      for (const end = i + reduced; i < end; i++) total += x[i];
      out[o] = total;
    }
    return out;
  }
  const sums = new Float64Array(inner);
  for (let o = 0, i = 0; o < outer; o++) {
    sums.fill(0);
    for (let r = 0; r < reduced; r++) for (let j = 0; j < inner; j++, i++) sums[j] += x[i];
    out.set(sums, o * inner);
  }
  return out;
}
