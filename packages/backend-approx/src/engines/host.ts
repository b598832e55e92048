// SPDX-License-Identifier: Apache-2.0
/** What the engines that compute in JavaScript share: tensor values and activations. */
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {Epilogue} from '../contraction/contraction.js';

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
