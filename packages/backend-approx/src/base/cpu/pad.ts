// SPDX-License-Identifier: Apache-2.0
/**
 * PadV2 with zeros for the CPU engines, as in the gradient of Slice: run by run. The stock kernel computes the place of
 * every element.
 */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';
import {copyBox} from '../../engines/cpu/box.js';

export const pad =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {paddings, constantValue} = call.attrs as unknown as {
      paddings: Array<[before: number, after: number]>;
      constantValue: number;
    };
    const {shape} = x;
    if (x.dtype !== 'float32' || constantValue !== 0 || shape.length === 0) return stock(call);
    const start = paddings.map(([before]) => -before);
    const size = paddings.map(([before, after], d) => before + shape[d] + after);
    const backend = call.backend as MathBackendCPU;
    const out = new Float32Array(util.sizeFromShape(size));
    copyBox(floatValues(backend, x), {start, size, shape, extent: shape}, out);
    return backend.makeTensorInfo(size, 'float32', out);
  };
