// SPDX-License-Identifier: Apache-2.0
/** Depthwise convolutions to be compared with the oracle, forward and, undilated, in both gradients. */
import {depthwiseShape} from '../oracles/oracle-depthwise.js';
import {type Geometry, type Padding, sizeOf} from '../oracles/oracle-ops.js';
import {type MultiplierName, rotation} from './multipliers.cases.js';

export interface DepthwiseCase {
  /** [batch, height, width, inC] */
  readonly xShape: number[];
  /** [height, width, inC, multiplier] */
  readonly wShape: number[];
  readonly geometry: Geometry;
  /** One more multiplier besides those that every case runs with. */
  readonly extra: MultiplierName;
}

const next = rotation(2);

function depthwiseCase(
  x: [batch: number, height: number, width: number],
  w: [height: number, width: number],
  [inC, multiplier]: [inC: number, multiplier: number],
  strides: [number, number] = [1, 1],
  pad: Padding = 'same',
  dilations: [number, number] = [1, 1],
): DepthwiseCase {
  return {
    xShape: [...x, inC],
    wShape: [...w, inC, multiplier],
    geometry: {strides, pad, dilations},
    extra: next(),
  };
}

/** The ones that a software adapter compiles shaders for. */
export const FEW_DEPTHWISE: DepthwiseCase[] = [
  // dW sums 2 * 24 * 23 products.
  depthwiseCase([2, 24, 23], [3, 3], [3, 1]),
  depthwiseCase([2, 8, 9], [3, 3], [2, 3], [2, 2]),
  depthwiseCase([2, 9, 8], [3, 3], [5, 1], [1, 1], 'same', [2, 2]),
  // dX sums 19 * 19 * 3 products.
  depthwiseCase([2, 6, 5], [19, 19], [2, 3]),
];

export const DEPTHWISE: DepthwiseCase[] = [
  ...FEW_DEPTHWISE,
  depthwiseCase([2, 6, 5], [2, 2], [4, 2], [1, 1], 'valid'),
  depthwiseCase([2, 9, 7], [3, 5], [35, 1], [2, 2], 'valid'),
  depthwiseCase([1, 5, 6], [1, 1], [3, 1]),
  depthwiseCase([3, 6, 6], [3, 3], [1, 3]),
  depthwiseCase([1, 11, 10], [5, 5], [3, 2], [2, 1]),
  depthwiseCase([1, 10, 11], [3, 2], [130, 1], [1, 2], 'valid'),
  depthwiseCase([1, 12, 11], [4, 3], [2, 2], [3, 3]),
  // Positions that no tap meets: their gradient is +0.
  depthwiseCase([2, 7, 8], [1, 1], [3, 2], [2, 2], 'valid'),
  // The window does not reach the last rows and columns.
  depthwiseCase([1, 8, 9], [3, 3], [2, 2], [3, 3], 'valid'),
  depthwiseCase([1, 6, 7], [3, 4], [3, 2], [1, 1], {top: 2, bottom: 0, left: 1, right: 3}),
  depthwiseCase([1, 7, 6], [5, 3], [2, 1], [2, 2], {top: 0, bottom: 4, left: 3, right: 1}),
  depthwiseCase([1, 11, 12], [3, 2], [3, 3], [1, 1], 'valid', [2, 3]),
  depthwiseCase([1, 12, 9], [2, 4], [2, 2], [1, 1], 'same', [3, 1]),
  // Forward sums of 33 * 33 products.
  depthwiseCase([1, 4, 5], [33, 33], [2, 2]),
];

export interface FusedDepthwiseCase extends DepthwiseCase {
  readonly biasShape?: number[];
  readonly activation: 'linear' | 'relu' | 'relu6';
}

export const FEW_FUSED_DEPTHWISE: FusedDepthwiseCase[] = [
  {...depthwiseCase([2, 8, 7], [3, 3], [3, 3], [2, 2]), biasShape: [9], activation: 'relu'},
];

export const FUSED_DEPTHWISE: FusedDepthwiseCase[] = [
  ...FEW_FUSED_DEPTHWISE,
  {...depthwiseCase([2, 7, 8], [3, 3], [3, 1]), biasShape: [3], activation: 'linear'},
  ...(['linear', 'relu', 'relu6'] as const).flatMap(activation => [
    {...depthwiseCase([1, 6, 5], [2, 3], [4, 2]), biasShape: [8], activation},
    {
      ...depthwiseCase([1, 9, 8], [3, 3], [5, 1], [2, 2], 'valid'),
      biasShape: [5],
      activation,
    },
    {
      ...depthwiseCase([1, 9, 8], [3, 3], [2, 2], [1, 1], 'valid', [2, 1]),
      biasShape: [1],
      activation,
    },
    {...depthwiseCase([1, 5, 6], [2, 2], [3, 3], [2, 2]), activation},
  ]),
];

/** Gradients by `tf.valueAndGrads`, with a multiplier of its own for each pass. */
export const DEPTHWISE_GRADIENTS: DepthwiseCase[] = FEW_DEPTHWISE.slice(0, 2);

export function depthwiseMacs({xShape, wShape, geometry}: DepthwiseCase): number {
  return sizeOf(depthwiseShape(xShape, wShape, geometry)) * wShape[0] * wShape[1];
}
