// SPDX-License-Identifier: Apache-2.0
/**
 * Programs of our own for tfjs's WebGPU backend. All tensors are flat in them: `result` and the inputs
 * are arrays of f32 (float32) or i32 (int32 and bool), not tfjs's getters, which pass every value
 * through f32 and so lose the low bits of integers.
 */
import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {WebGPUBackend, WebGPUProgram} from '@tensorflow/tfjs-backend-webgpu';

export interface FlatProgram {
  /** Names the shader's text among all of the backend; the element types need not be in it. */
  readonly key: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** int32 values, read as `uniforms.NAME`. */
  readonly uniforms?: Readonly<Record<string, number>>;
  /** WGSL functions that `body` calls. */
  readonly functions?: string;
  /** WGSL that writes `result[index]`, of `fn main(index: i32)`. */
  readonly body: string;
}

const THREADS = 64;

export function runFlat(
  backend: WebGPUBackend,
  {key, inputs, uniforms = {}, functions = '', body}: FlatProgram,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): TensorInfo {
  const size = util.sizeFromShape(shape as number[]);
  const program: WebGPUProgram = {
    shaderKey: `approx ${key}`,
    variableNames: Object.keys(inputs),
    uniforms: Object.keys(uniforms)
      .map(name => `${name} : i32,`)
      .join(' '),
    size: true,
    outputShape: [size],
    dispatchLayout: {x: [0]},
    dispatch: [Math.ceil(size / THREADS), 1, 1],
    workgroupSize: [THREADS, 1, 1],
    getUserCode: () => `${functions}
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        ${body}
      }`,
  };
  const output = backend.runWebGPUProgram(
    program,
    Object.values(inputs).map(flat),
    dtype,
    Object.values(uniforms).map(value => ({type: 'int32', data: [value]})),
  );
  return {dataId: output.dataId, shape: [...shape], dtype};
}

/** The same values as one dimension. */
export function flat({dataId, dtype, shape}: TensorInfo): TensorInfo {
  return {dataId, dtype, shape: [util.sizeFromShape(shape)]};
}
