// SPDX-License-Identifier: Apache-2.0
/**
 * Slices that are not one piece of the tensor, for the CPU engines: run by run. The stock kernel computes the
 * place of every element, which took half of an LSTM step.
 */
import {
  backend_util,
  slice_util,
  util,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';
import {copyBox} from '../../engines/cpu/box.js';

export const slice =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const attributes = call.attrs as unknown as {begin: number[]; size: number[]};
    const [start, size] = slice_util.parseSliceParams(x, attributes.begin, attributes.size);
    slice_util.assertParamsValid(x, start, size);
    // The stock kernel copies nothing where the slice is one piece.
    if (x.dtype !== 'float32' || slice_util.isSliceContinous(x.shape, start, size)) {
      return stock(call);
    }
    return copied(call.backend as MathBackendCPU, x, start, size);
  };

/** The gates of an LSTM or a GRU are split from one product. */
export const split =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const attributes = call.attrs as unknown as {numOrSizeSplits: number | number[]; axis: number};
    const [axis] = util.parseAxisParam(attributes.axis, x.shape);
    const isInPieces = x.shape.slice(0, axis).every(size => size === 1);
    if (x.dtype !== 'float32' || isInPieces) return stock(call);
    const start = x.shape.map(() => 0);
    return backend_util.prepareSplitSize(x, attributes.numOrSizeSplits, axis).map(part => {
      const size = x.shape.with(axis, part);
      const result = copied(call.backend as MathBackendCPU, x, start, size);
      start[axis] += part;
      return result;
    });
  };

function copied(
  backend: MathBackendCPU,
  x: TensorInfo,
  start: readonly number[],
  size: number[],
): TensorInfo {
  const {shape} = x;
  const out = new Float32Array(util.sizeFromShape(size));
  copyBox(floatValues(backend, x), {start, size, shape, extent: shape}, out);
  return backend.makeTensorInfo(size, 'float32', out);
}
