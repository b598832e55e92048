// SPDX-License-Identifier: Apache-2.0
/**
 * Element-wise kernels of two float32 tensors for the CPU engines. The stock ones compute two remainders per
 * element, and index lists where a bias is broadcast. Here the second operand is the shorter one,
 * repeated: as long as the first, its last dimensions, or one number.
 */
import {backend_util, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

/** out[i] = a[i] op b[i mod b.length]; a.length is a multiple of b.length. */
type Loop = (a: Float32Array, b: Float32Array, out: Float32Array) => void;

const adds: Loop = (a, b, out) => {
  for (let i = 0; i < a.length;) for (let j = 0; j < b.length; j++, i++) out[i] = a[i] + b[j];
};

const subtracts: Loop = (a, b, out) => {
  for (let i = 0; i < a.length;) for (let j = 0; j < b.length; j++, i++) out[i] = a[i] - b[j];
};

const multiplies: Loop = (a, b, out) => {
  for (let i = 0; i < a.length;) for (let j = 0; j < b.length; j++, i++) out[i] = a[i] * b[j];
};

const divides: Loop = (a, b, out) => {
  for (let i = 0; i < a.length;) for (let j = 0; j < b.length; j++, i++) out[i] = a[i] / b[j];
};

function binary(loop: Loop, isCommutative: boolean): (stock: KernelFunc) => KernelFunc {
  return stock => call => {
    const {a, b} = call.inputs as unknown as Record<string, TensorInfo>;
    const backend = call.backend as MathBackendCPU;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call);
    const [long, short] =
      isCommutative && util.sizeFromShape(a.shape) < util.sizeFromShape(b.shape) ? [b, a] : [a, b];
    if (!isRepeated(long.shape, short.shape)) return stock(call);
    const values = floatValues(backend, long);
    const out = new Float32Array(values.length);
    loop(values, floatValues(backend, short), out);
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    return backend.makeTensorInfo(shape, 'float32', out);
  };
}

/** Whether `short` is repeated to give `long`: its dimensions, but for ones, are the last of `long`. */
function isRepeated(long: readonly number[], short: readonly number[]): boolean {
  if (short.length > long.length || long.includes(0)) return false;
  const dimensions = short.slice(short.findIndex(size => size !== 1));
  if (short.every(size => size === 1)) return true;
  return dimensions.every((size, d) => size === long[long.length - dimensions.length + d]);
}

export const add = binary(adds, true);
export const subtract = binary(subtracts, false);
export const multiply = binary(multiplies, true);
export const divide = binary(divides, false);
