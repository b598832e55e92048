// SPDX-License-Identifier: Apache-2.0
/** Element-wise kernels of one float32 tensor for the CPU engines; the stock ones call a function per element. */
import type {KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

type Loop = (x: Float32Array, out: Float32Array, attributes: Record<string, unknown>) => void;

function unary(loop: Loop): (stock: KernelFunc) => KernelFunc {
  return stock => call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    if (x.dtype !== 'float32') return stock(call);
    const backend = call.backend as MathBackendCPU;
    const values = floatValues(backend, x);
    const out = new Float32Array(values.length);
    loop(values, out, (call.attrs ?? {}) as Record<string, unknown>);
    return backend.makeTensorInfo(x.shape, 'float32', out);
  };
}

export const relu = unary((x, out) => {
  for (let i = 0; i < x.length; i++) out[i] = Math.max(0, x[i]);
});

/** The gradient of relu. */
export const step = unary((x, out, {alpha}) => {
  const otherwise = alpha as number;
  for (let i = 0; i < x.length; i++) out[i] = x[i] > 0 ? 1 : x[i] !== x[i] ? NaN : otherwise;
});
