// SPDX-License-Identifier: Apache-2.0
/** 3-D convolutions to be compared with the oracle, forward and, undilated, in both gradients. */
import {type Geometry3D, conv3dShape} from '../oracles/oracle-conv3d.js';
import {sizeOf} from '../oracles/oracle-ops.js';
import {type MultiplierName, rotation} from './multipliers.cases.js';

export interface Conv3DCase {
  /** [batch, depth, height, width, inC] */
  readonly xShape: number[];
  /** [depth, height, width, inC, outC] */
  readonly wShape: number[];
  readonly geometry: Geometry3D;
  /** One more multiplier besides those that every case runs with. */
  readonly extra: MultiplierName;
}

const next = rotation(8);

function conv3dCase(
  x: [batch: number, depth: number, height: number, width: number],
  w: [depth: number, height: number, width: number],
  [inC, outC]: [inC: number, outC: number],
  strides: [number, number, number] = [1, 1, 1],
  pad: 'same' | 'valid' = 'same',
  dilations: [number, number, number] = [1, 1, 1],
): Conv3DCase {
  return {
    xShape: [...x, inC],
    wShape: [...w, inC, outC],
    geometry: {strides, pad, dilations},
    extra: next(),
  };
}

/** The ones that a software adapter compiles shaders for. */
export const FEW_CONV3D: Conv3DCase[] = [
  conv3dCase([2, 4, 5, 6], [2, 3, 3], [3, 4], [2, 2, 2]),
  // Sums of more than 1,024 products in every pass: 5 * 7 * 8 * 4, ... * 5, 2 * 6 * 9 * 10.
  conv3dCase([2, 6, 9, 10], [5, 7, 8], [4, 5]),
];

export const CONV3D: Conv3DCase[] = [
  ...FEW_CONV3D,
  conv3dCase([2, 4, 5, 6], [3, 3, 3], [2, 3]),
  conv3dCase([1, 3, 4, 5], [1, 1, 1], [3, 4]),
  conv3dCase([1, 5, 4, 6], [2, 2, 2], [1, 1], [1, 1, 1], 'valid'),
  conv3dCase([1, 6, 5, 7], [3, 2, 3], [2, 3], [1, 2, 3]),
  conv3dCase([1, 7, 5, 6], [3, 1, 2], [3, 2], [3, 1, 2], 'valid'),
  // Positions that no tap meets: their gradient is +0.
  conv3dCase([1, 5, 6, 4], [1, 2, 1], [2, 2], [2, 3, 2], 'valid'),
  conv3dCase([1, 6, 7, 8], [2, 3, 2], [2, 3], [1, 1, 1], 'same', [2, 2, 3]),
  conv3dCase([2, 6, 7, 6], [3, 2, 3], [1, 2], [1, 1, 1], 'valid', [2, 3, 1]),
  conv3dCase([1, 2, 4, 3], [2, 2, 2], [17, 33]),
];

/** Transposed: the case's input gradient is the op under test. */
export const CONV3D_TRANSPOSE: Conv3DCase[] = [FEW_CONV3D[0], CONV3D[2], CONV3D[6]];
export const FEW_CONV3D_TRANSPOSE: Conv3DCase[] = [FEW_CONV3D[0]];

/** Gradients by `tf.valueAndGrads`, with a multiplier of its own for each pass. */
export const CONV3D_GRADIENTS: Conv3DCase[] = [FEW_CONV3D[0], CONV3D[2]];
export const FEW_CONV3D_GRADIENTS: Conv3DCase[] = [FEW_CONV3D[0]];

export function conv3dMacs({xShape, wShape, geometry}: Conv3DCase): number {
  return sizeOf(conv3dShape(xShape, wShape, geometry)) * sizeOf(wShape.slice(0, 4));
}
