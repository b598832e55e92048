// SPDX-License-Identifier: Apache-2.0
/**
 * GatherV2 (tf.gather, embeddings) checks its indices where they are still in this process's memory, as tensors
 * made of numbers are at their first use: the stock kernel gives zeros for an index out of range. Indices that
 * are only on the GPU stay unchecked, since reading them would wait for it.
 */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import {ApproxError} from '../../errors.js';

export const gather =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x, indices} = call.inputs as unknown as Record<string, TensorInfo>;
    const [axis] = util.parseAxisParam((call.attrs as unknown as {axis: number}).axis, x.shape);
    const {values} = (call.backend as WebGPUBackend).tensorMap.get(indices.dataId);
    const highest = x.shape[axis] - 1;
    for (const index of (values ?? []) as Int32Array) {
      if (index >= 0 && index <= highest) continue;
      // The CPU backend's words.
      throw new ApproxError(`GatherV2: the index value ${index} is not in [0, ${highest}]`);
    }
    return stock(call);
  };
