// SPDX-License-Identifier: Apache-2.0
/**
 * FusedBatchNorm by channel, the last dimension, for the CPU engines. The stock kernel takes one square root per
 * element and moves four positions.
 */
import type {KernelFunc, TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

/** Inputs x and one value per channel of scale, offset (both optional), mean and variance. */
export const batchNorm =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x, ...statistics} = call.inputs as unknown as Record<string, TensorInfo | undefined>;
    const {scale, offset, mean, variance} = statistics;
    const channels = x!.shape.at(-1) ?? 0;
    const perChannel = Object.values(statistics).filter(s => s !== undefined && s !== null);
    const isCovered =
      x!.dtype === 'float32' &&
      perChannel.every(
        ({shape, dtype}) => shape.length === 1 && shape[0] === channels && dtype === 'float32',
      );
    if (!isCovered || channels === 0) return stock(call);
    const backend = call.backend as MathBackendCPU;
    const {varianceEpsilon} = call.attrs as unknown as {varianceEpsilon: number | null};
    const valuesOf = (values: TensorInfo | undefined, otherwise: number) =>
      values ? floatValues(backend, values) : new Float32Array(channels).fill(otherwise);
    const out = normalised(floatValues(backend, x!), {
      scales: valuesOf(scale, 1),
      offsets: valuesOf(offset, 0),
      means: valuesOf(mean, 0),
      // Rounded to float64, like all between the operands and the result, as in the stock kernel.
      deviations: Float64Array.from(valuesOf(variance, 0), v =>
        Math.sqrt(v + (varianceEpsilon ?? 0.001)),
      ),
    });
    return backend.makeTensorInfo(x!.shape, 'float32', out);
  };

interface Channels {
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
  readonly means: Float32Array;
  readonly deviations: Float64Array;
}

function normalised(x: Float32Array, {scales, offsets, means, deviations}: Channels): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < x.length;) {
    for (let c = 0; c < scales.length; c++, i++) {
      out[i] = offsets[c] + ((x[i] - means[c]) * scales[c]) / deviations[c];
    }
  }
  return out;
}
