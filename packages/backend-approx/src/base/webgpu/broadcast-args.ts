// SPDX-License-Identifier: Apache-2.0
/**
 * BroadcastArgs refuses shapes that do not fit where they are still in this process's memory, as tensors made of
 * numbers are at their first use: the stock shader cannot. Shapes that are only on the GPU stay unchecked, since
 * reading them would wait for it.
 */
import {backend_util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';

export const broadcastArgs =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {s0, s1} = call.inputs as unknown as Record<string, TensorInfo>;
    const [first, second] = [s0, s1].map(
      ({dataId}) => (call.backend as WebGPUBackend).tensorMap.get(dataId).values,
    );
    if (first && second) {
      // Throws the error of the CPU backend.
      backend_util.assertAndGetBroadcastShape(
        [...(first as Int32Array)],
        [...(second as Int32Array)],
      );
    }
    return stock(call);
  };
