// SPDX-License-Identifier: Apache-2.0
/**
 * Sum, Prod, Max and Min of int32 tensors; sums and products modulo 2^32. The stock shader adds in f32, which
 * has 24 bits.
 */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import {runFlat} from './program.js';

/** What one thread combines; the order does not matter to integers. */
const PER_THREAD = 256;

interface ReductionAttributes {
  readonly axis?: number | number[];
  /** Max's name for `axis`. */
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

/** @param combine WGSL of the next `value` and what was combined before, `all`. */
function reduction(name: string, combine: string): (stock: KernelFunc) => KernelFunc {
  return stock => call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    if (x.dtype !== 'int32' || util.sizeFromShape(x.shape) === 0) return stock(call);
    const attributes = call.attrs as unknown as ReductionAttributes;
    const {axis = attributes.reductionIndices, keepDims} = attributes;
    const axes = util.parseAxisParam(axis!, x.shape);
    const backend = call.backend as WebGPUBackend;
    let result: TensorInfo = {dataId: x.dataId, shape: [...x.shape], dtype: 'int32'};
    backend.incRef(x.dataId);
    for (const along of axes) {
      while (result.shape[along] > 1) {
        const previous = result;
        result = reducedAlong(backend, previous, along, name, combine);
        backend.disposeData(previous.dataId);
      }
    }
    const shape = keepDims ? result.shape : result.shape.filter((_, d) => !axes.includes(d));
    return {...result, shape};
  };
}

/** One pass: 256 elements along a dimension, or as many as there are, become one. */
function reducedAlong(
  backend: WebGPUBackend,
  x: TensorInfo,
  along: number,
  name: string,
  combine: string,
): TensorInfo {
  const length = x.shape[along];
  const groups = Math.ceil(length / PER_THREAD);
  const inner = util.sizeFromShape(x.shape.slice(along + 1));
  const body = `
    let within = index % uniforms.inner;
    let group = (index / uniforms.inner) % uniforms.groups;
    let start = index / (uniforms.inner * uniforms.groups) * uniforms.length;
    let end = min(uniforms.length, (group + 1) * ${PER_THREAD});
    var all = x[(start + group * ${PER_THREAD}) * uniforms.inner + within];
    for (var k = group * ${PER_THREAD} + 1; k < end; k++) {
      let value = x[(start + k) * uniforms.inner + within];
      all = ${combine};
    }
    result[index] = all;`;
  const program = {key: `int32 ${name}`, inputs: {x}, uniforms: {length, groups, inner}, body};
  return runFlat(backend, program, x.shape.with(along, groups), 'int32');
}

export const sum = reduction('sum', 'all + value');
export const prod = reduction('prod', 'all * value');
export const max = reduction('max', 'max(all, value)');
export const min = reduction('min', 'min(all, value)');
