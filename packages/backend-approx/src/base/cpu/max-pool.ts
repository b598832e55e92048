// SPDX-License-Identifier: Apache-2.0
/** MaxPool for the CPU engines, with the stock kernel's bits: channels side by side instead of one after the other. */
import {backend_util, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';

type PoolArguments = Parameters<typeof backend_util.computePool2DInfo>;

/** NaN is never the largest; a window of nothing but NaN gives -infinity. */
export const maxPool =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    if (x.dtype !== 'float32' || x.shape.length !== 4) return stock(call);
    const {filterSize, strides, pad, dimRoundingMode} = call.attrs as Record<string, unknown>;
    const info = backend_util.computePool2DInfo(
      x.shape as PoolArguments[0],
      filterSize as PoolArguments[1],
      strides as PoolArguments[2],
      1,
      pad as PoolArguments[4],
      dimRoundingMode as PoolArguments[5],
    );
    // The stock kernel hands the tensor on.
    if (info.filterWidth === 1 && info.filterHeight === 1) return stock(call);
    const backend = call.backend as MathBackendCPU;
    const values = floatValues(backend, x);
    const {inChannels, inHeight, inWidth, outHeight, outWidth} = info;
    const out = new Float32Array(util.sizeFromShape(info.outShape)).fill(-Infinity);
    let start = 0;
    for (let b = 0; b < info.batchSize; b++) {
      const image = b * inHeight * inWidth * inChannels;
      for (let outY = 0; outY < outHeight; outY++) {
        const top = outY * info.strideHeight - info.padInfo.top;
        const yEnd = Math.min(inHeight, top + info.effectiveFilterHeight);
        for (let outX = 0; outX < outWidth; outX++, start += inChannels) {
          const left = outX * info.strideWidth - info.padInfo.left;
          const xEnd = Math.min(inWidth, left + info.effectiveFilterWidth);
          for (let inY = Math.max(0, top); inY < yEnd; inY++) {
            let at = image + (inY * inWidth + Math.max(0, left)) * inChannels;
            for (let inX = Math.max(0, left); inX < xEnd; inX++) {
              for (let channel = 0; channel < inChannels; channel++, at++) {
                if (values[at] > out[start + channel]) out[start + channel] = values[at];
              }
            }
          }
        }
      }
    }
    return backend.makeTensorInfo(info.outShape, 'float32', out);
  };
