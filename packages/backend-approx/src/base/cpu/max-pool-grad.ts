// SPDX-License-Identifier: Apache-2.0
/**
 * MaxPoolGrad for the CPU engines, with the stock kernel's bits. It forms no products; the stock
 * one, which searches every window once more for every input position, took an eighth of a LeNet-5
 * step.
 */
import {backend_util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

type PoolArguments = Parameters<typeof backend_util.computePool2DInfo>;

/** Inputs dy and input (x), NHWC. A window's first largest value takes its gradient. */
export const maxPoolGrad: KernelFunc = ({inputs, attrs, backend}) => {
  const {dy, input} = inputs as unknown as Record<string, TensorInfo>;
  const {filterSize, strides, pad, dimRoundingMode} = attrs as Record<string, unknown>;
  const info = backend_util.computePool2DInfo(
    input.shape as PoolArguments[0],
    filterSize as PoolArguments[1],
    strides as PoolArguments[2],
    1,
    pad as PoolArguments[4],
    dimRoundingMode as PoolArguments[5],
  );
  const cpu = backend as MathBackendCPU;
  const x = floatValues(cpu, input);
  const upstream = floatValues(cpu, dy);
  const {batchSize, inChannels, inHeight, inWidth, outHeight, outWidth} = info;
  // Sums of overlapping windows are rounded once, as in the stock kernel.
  const dx = new Float64Array(x.length);
  let source = 0;
  for (let b = 0; b < batchSize; b++) {
    const image = b * inHeight * inWidth * inChannels;
    for (let outY = 0; outY < outHeight; outY++) {
      const top = outY * info.strideHeight - info.padInfo.top;
      const yEnd = Math.min(inHeight, top + info.effectiveFilterHeight);
      for (let outX = 0; outX < outWidth; outX++) {
        const left = outX * info.strideWidth - info.padInfo.left;
        const xEnd = Math.min(inWidth, left + info.effectiveFilterWidth);
        for (let channel = 0; channel < inChannels; channel++, source++) {
          let largest = -Infinity;
          let position = -1;
          for (let inY = Math.max(0, top); inY < yEnd; inY++) {
            let at = image + (inY * inWidth + Math.max(0, left)) * inChannels + channel;
            for (let inX = Math.max(0, left); inX < xEnd; inX++, at += inChannels) {
              if (x[at] > largest) {
                largest = x[at];
                position = at;
              }
            }
          }
          // A window of nothing but NaN or -infinity has no position.
          if (position >= 0) dx[position] += upstream[source];
        }
      }
    }
  }
  return cpu.makeTensorInfo(input.shape, 'float32', Float32Array.from(dx));
};
