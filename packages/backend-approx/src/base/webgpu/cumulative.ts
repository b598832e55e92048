// SPDX-License-Identifier: Apache-2.0
/**
 * Cumsum and Cumprod. The stock shader has the length of the axis in its text but not in its key, so
 * that a reversed or exclusive scan of another length gave wrong values; and it takes 2^i from pow, which may
 * be a little less. The steps and the order of operations here are the stock kernel's.
 */
import {upcastType, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import {runFlat} from './program.js';

function cumulative(operator: '+' | '*', identity: 0 | 1): () => KernelFunc {
  return () =>
    ({inputs, attrs, backend: kernelBackend}) => {
      const {x} = inputs as unknown as Record<string, TensorInfo>;
      const attributes = attrs as unknown as {axis: number; exclusive: boolean; reverse: boolean};
      const backend = kernelBackend as WebGPUBackend;
      const [axis] = util.parseAxisParam(attributes.axis, x.shape);
      const dtype = upcastType(x.dtype, 'int32') as 'float32' | 'int32';
      const length = x.shape[axis] ?? 1;
      const inner = util.sizeFromShape(x.shape.slice(axis + 1));
      const direction = attributes.reverse ? 1 : -1;

      let result: TensorInfo = {dataId: x.dataId, shape: x.shape, dtype};
      backend.incRef(x.dataId);
      const step = (key: string, shift: number, body: string) => {
        const previous = result;
        const uniforms = {length, inner, shift: direction * shift};
        const program = {key: `${key} ${operator}`, inputs: {x: previous}, uniforms, body};
        result = runFlat(backend, program, x.shape, dtype);
        backend.disposeData(previous.dataId);
      };
      for (let shift = 1; shift < length; shift *= 2) {
        step(
          'cumulative',
          shift,
          `${OTHER} result[index] = x[index];
          if (isInside) { result[index] = x[index] ${operator} x[other]; }`,
        );
      }
      if (attributes.exclusive) {
        step(
          'shifted',
          1,
          `${OTHER} result[index] = ${identity};
          if (isInside) { result[index] = x[other]; }`,
        );
      }
      return result;
    };
}

const OTHER = `
  let position = (index / uniforms.inner) % uniforms.length + uniforms.shift;
  let isInside = position >= 0 && position < uniforms.length;
  let other = index + uniforms.shift * uniforms.inner;`;

export const cumsum = cumulative('+', 0);
export const cumprod = cumulative('*', 1);
