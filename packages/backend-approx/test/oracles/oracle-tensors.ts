// SPDX-License-Identifier: Apache-2.0
/** The oracle's arguments as tfjs takes them. */
import * as tf from '@tensorflow/tfjs';
import type {Nd, Padding} from './oracle-ops.js';

/** A tensor of the type that the op at hand asks for. */
export function toTensor<T extends tf.Tensor>({data, shape}: Nd): T {
  return tf.tensor(data, [...shape] as [number], 'float32') as tf.Tensor as T;
}

export function tfPad(pad: Padding): 'same' | 'valid' | tf.backend_util.ExplicitPadding {
  if (typeof pad === 'string') return pad;
  return [
    [0, 0],
    [pad.top, pad.bottom],
    [pad.left, pad.right],
    [0, 0],
  ];
}
