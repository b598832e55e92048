// SPDX-License-Identifier: Apache-2.0
/** What computes on tfjs's CPU backend shares: the backend, tensor values and activations. */
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {Epilogue} from '../contraction/contraction.js';

/**
 * A CPU backend of our own. In Node, tfjs's prints at its first write that tfjs-node would be faster, which is
 * no substitute for `approx`. The field is private; tfjs is pinned.
 */
export function createHostBackend(): MathBackendCPU {
  const backend = new MathBackendCPU();
  (backend as unknown as {firstUse: boolean}).firstUse = false;
  return backend;
}

/** The float32 values of a tensor on a CPU backend, not copied where they are float32 already. */
export function floatValues(backend: MathBackendCPU, tensor: TensorInfo): Float32Array {
  const {values} = backend.data.get(tensor.dataId);
  // bool and int32 tensors can reach a kernel whose other operand is float32.
  return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
}

/** NaN stays NaN, as in tfjs's stock kernels. */
export function applyActivation(x: number, activation: Epilogue['activation']): number {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return x < 0 ? 0 : x;
    case 'relu6':
      return x < 0 ? 0 : x > 6 ? 6 : x;
  }
}
