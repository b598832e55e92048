// SPDX-License-Identifier: Apache-2.0
/** ArgMax and ArgMin of a vector are a scalar; the stock kernels give a tensor of one element. */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';

export const argExtreme =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {x} = call.inputs as unknown as Record<string, TensorInfo>;
    const {axis} = call.attrs as unknown as {axis: number};
    const [along] = util.parseAxisParam(axis, x.shape);
    const shape = x.shape.filter((_, d) => d !== along);
    return {...(stock(call) as TensorInfo), shape};
  };
