// SPDX-License-Identifier: Apache-2.0
/**
 * float32 tensors whose buffers hold int32. tfjs's Cast from int32 or bool to float32 only relabels the
 * tensor, and its shaders take their types from the buffer: those that copy values (Transpose, Tile,
 * Gather, ...) then do not compile, and every later result is lost.
 *
 * On `approx` Cast converts. Tensors that were relabelled elsewhere (under the name `webgpu`, or on
 * tfjs's CPU backend and moved here) are converted where a program reads them.
 */
import type {KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import {runFlat} from './program.js';

export const cast =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {dtype} = call.attrs as unknown as {dtype: string};
    const backend = call.backend as WebGPUBackend;
    return dtype === 'float32' && holdsIntegers(backend, x) ? toFloats(backend, x) : stock(call);
  };

/** Whether a tensor's buffer holds int32, whatever its label says. */
export function holdsIntegers(backend: WebGPUBackend, {dataId}: TensorInfo): boolean {
  const {dtype} = backend.tensorMap.get(dataId);
  return dtype === 'int32' || dtype === 'bool';
}

/** A new float32 tensor: the integers of `x`, rounded to nearest even above 2^24. */
export function toFloats(backend: WebGPUBackend, x: TensorInfo): TensorInfo {
  const {values} = backend.tensorMap.get(x.dataId);
  if (values) {
    const floats = Float32Array.from(values as Int32Array);
    return backend.makeTensorInfo(x.shape, 'float32', floats);
  }
  // Labelled as what it holds, or it would be converted to be read.
  const integers: TensorInfo = {dataId: x.dataId, shape: x.shape, dtype: 'int32'};
  const program = {key: 'toFloats', inputs: {x: integers}, functions: NEAREST, body: BODY};
  return runFlat(backend, program, x.shape, 'float32');
}

const BODY = 'result[index] = nearest(x[index]);';

/** WGSL leaves open in which direction f32(i32) rounds, so it gets values that need no rounding. */
const NEAREST = `
  fn nearest(i : i32) -> f32 {
    let magnitude = select(u32(i), 0u - u32(i), i < 0);
    let shift = 8u - min(8u, countLeadingZeros(magnitude));
    let tie = ((1u << shift) >> 1u) - min(1u, shift) + ((magnitude >> shift) & min(1u, shift));
    let rounded = f32(((magnitude + tie) >> shift) << shift);
    return select(rounded, -rounded, i < 0);
  }`;
