// SPDX-License-Identifier: Apache-2.0
/**
 * Products of int32 matrices, exact modulo 2^32 as on webgpu. The stock kernel forms them in double precision,
 * which differs where a sum is above 2^53.
 */
import {type KernelFunc, type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {matMulShapes} from '../mat-mul-shapes.js';

export const matMul =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {a, b} = call.inputs as unknown as Record<string, TensorInfo>;
    if (a.dtype !== 'int32' || b.dtype !== 'int32') return stock(call);
    const backend = call.backend as MathBackendCPU;
    const {transposeA, transposeB} = call.attrs as unknown as Record<string, boolean>;
    const {shape, rows, columns, inner, batches} = matMulShapes(a, b, transposeA, transposeB);
    const first = backend.data.get(a.dataId).values as Int32Array;
    const second = backend.data.get(b.dataId).values as Int32Array;
    const [aRow, aInner] = transposeA ? [1, rows] : [inner, 1];
    const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1];
    const out = new Int32Array(util.sizeFromShape(shape));
    let place = 0;
    for (const [aBatch, bBatch] of batches) {
      for (let m = 0; m < rows; m++) {
        for (let n = 0; n < columns; n++, place++) {
          let atA = aBatch * rows * inner + m * aRow;
          let atB = bBatch * columns * inner + n * bColumn;
          let sum = 0;
          for (let k = 0; k < inner; k++, atA += aInner, atB += bInner) {
            sum = (sum + Math.imul(first[atA], second[atB])) | 0;
          }
          out[place] = sum;
        }
      }
    }
    return backend.makeTensorInfo(shape, 'int32', out);
  };
