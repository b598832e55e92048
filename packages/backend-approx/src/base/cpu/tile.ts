// SPDX-License-Identifier: Apache-2.0
/**
 * Tile for the CPU engines: repeats whole blocks. The stock kernel computes the place of every element, which took a
 * tenth of a step of ResNet-18, in the gradient of batch normalisation.
 */
import type {KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

export const tile =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {reps} = call.attrs as unknown as {reps: number[]};
    if (x.dtype !== 'float32') return stock(call);
    const backend = call.backend as MathBackendCPU;
    const shape = x.shape.map((size, d) => size * reps[d]);
    return backend.makeTensorInfo(shape, 'float32', tiled(floatValues(backend, x), x.shape, reps));
  };

/** Repeats the last dimension first, so that the blocks to be repeated grow. */
function tiled(x: Float32Array, shape: readonly number[], reps: readonly number[]): Float32Array {
  let out = x;
  let block = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    block *= shape[d];
    if (reps[d] !== 1) out = repeated(out, block, reps[d]);
    block *= reps[d];
  }
  return out === x ? x.slice() : out;
}

/** Every block of `size` elements `count` times. */
export function repeated(x: Float32Array, size: number, count: number): Float32Array {
  const out = new Float32Array(x.length * count);
  const total = size * count;
  for (let from = 0, to = 0; to < out.length; from += size, to += total) {
    if (size === 1) {
      out.fill(x[from], to, to + total);
      continue;
    }
    out.set(x.subarray(from, from + size), to);
    // Twice as much each time.
    for (let done = size; done < total; done *= 2) {
      out.copyWithin(to + done, to, to + Math.min(done, total - done));
    }
  }
  return out;
}
