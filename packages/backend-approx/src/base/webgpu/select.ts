// SPDX-License-Identifier: Apache-2.0
/**
 * Select (tf.where) of any rank. The stock kernel stops at rank 4, which the gradients of PReLU and
 * its like meet in 3D networks; the choice is element-wise, so a flat view does as well.
 */
import {util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';

export function selectOfAnyRank(stock: KernelFunc): KernelFunc {
  return call => {
    const {condition, t, e} = call.inputs as unknown as Record<string, TensorInfo>;
    const {shape} = t;
    if (shape.length <= 4 || !util.arraysEqual(condition.shape, shape)) return stock(call);
    const flat = (tensor: TensorInfo) => ({...pick(tensor), shape: [util.sizeFromShape(shape)]});
    const inputs = {condition: flat(condition), t: flat(t), e: flat(e)};
    return {...(stock({...call, inputs}) as TensorInfo), shape};
  };
}

/** A tensor's own fields; its prototype's are not copied by spreading. */
function pick({dataId, dtype, shape}: TensorInfo): TensorInfo {
  return {dataId, dtype, shape};
}
