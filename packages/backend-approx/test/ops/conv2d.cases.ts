// SPDX-License-Identifier: Apache-2.0
/** Convolutions to be compared with the oracle, each forward and, undilated, in both gradients. */
import {type Geometry, type Padding, conv2dShape, sizeOf} from '../oracles/oracle-ops.js';
import {type DataStyle, type MultiplierName, MULTIPLIERS, rotation} from './multipliers.cases.js';

export interface ConvCase {
  /** [batch, height, width, inC] */
  readonly xShape: number[];
  /** [height, width, inC, outC] */
  readonly wShape: number[];
  readonly geometry: Geometry;
  readonly multiplier: MultiplierName;
  readonly style: DataStyle;
}

const next = rotation(5);
let styles = 0;

function convCase(
  x: [number, number, number],
  w: [number, number],
  channels: [number, number],
  strides: [number, number],
  pad: Padding,
  dilations: [number, number] = [1, 1],
  multiplier = next(),
): ConvCase {
  return {
    xShape: [...x, channels[0]],
    wShape: [...w, ...channels],
    geometry: {strides, pad, dilations},
    multiplier,
    style: styles++ % 2 === 0 ? 'medium' : 'wide',
  };
}

const around = (top: number, bottom: number, left: number, right: number): Padding => ({
  top,
  bottom,
  left,
  right,
});

/** One geometry with every multiplier. */
export const EVERY_MULTIPLIER: ConvCase[] = MULTIPLIERS.map(name =>
  convCase([2, 7, 8], [3, 3], [5, 6], [2, 1], 'same', [1, 1], name),
);

const kernels = [
  convCase([2, 5, 6], [1, 1], [3, 4], [1, 1], 'valid'),
  convCase([1, 6, 5], [2, 2], [1, 1], [1, 1], 'same'),
  convCase([3, 7, 6], [3, 3], [3, 2], [1, 1], 'same'),
  convCase([1, 8, 9], [4, 4], [2, 5], [1, 1], 'valid'),
  convCase([2, 9, 8], [5, 5], [1, 6], [1, 1], 'same'),
  convCase([1, 10, 9], [6, 6], [3, 1], [1, 1], 'valid'),
  convCase([1, 9, 11], [7, 7], [2, 3], [1, 1], 'same'),
  convCase([1, 7, 9], [7, 1], [4, 3], [1, 1], 'same'),
  convCase([2, 4, 11], [1, 6], [2, 17], [1, 1], 'valid'),
];

const strides = [
  convCase([2, 7, 8], [3, 3], [4, 5], [2, 2], 'same'),
  convCase([1, 11, 10], [3, 3], [2, 3], [3, 3], 'same'),
  convCase([2, 9, 11], [5, 3], [2, 3], [2, 3], 'valid'),
  convCase([1, 12, 9], [3, 5], [3, 2], [3, 1], 'same'),
  convCase([1, 10, 13], [7, 7], [2, 2], [3, 2], 'same'),
  convCase([1, 9, 9], [2, 2], [3, 3], [1, 2], 'valid'),
  // Taps that never meet some positions: their gradient is +0.
  convCase([2, 7, 8], [1, 1], [3, 4], [2, 2], 'valid'),
  convCase([1, 8, 7], [1, 1], [5, 2], [3, 2], 'same'),
  convCase([1, 11, 8], [2, 1], [2, 2], [3, 3], 'valid'),
  // The window does not reach the last rows and columns.
  convCase([1, 8, 9], [3, 3], [2, 2], [3, 3], 'valid'),
];

const paddings = [
  convCase([1, 6, 7], [3, 3], [2, 3], [1, 1], around(1, 1, 1, 1)),
  convCase([2, 6, 7], [3, 4], [3, 2], [1, 1], around(2, 0, 1, 3)),
  convCase([1, 7, 6], [5, 3], [2, 2], [2, 3], around(0, 4, 3, 1)),
  convCase([1, 5, 5], [2, 3], [3, 3], [3, 2], around(3, 2, 4, 4)),
  // More padding than the filter is wide: outputs that see nothing but padding.
  convCase([1, 3, 4], [2, 2], [2, 2], [1, 1], around(3, 3, 2, 4)),
  convCase([1, 2, 2], [5, 5], [2, 2], [1, 1], 'same'),
];

const dilations = [
  convCase([1, 9, 10], [3, 3], [2, 3], [1, 1], 'same', [2, 2]),
  convCase([2, 11, 12], [3, 2], [3, 2], [1, 1], 'valid', [2, 3]),
  convCase([1, 12, 9], [2, 4], [2, 2], [1, 1], around(2, 1, 0, 3), [3, 1]),
  convCase([1, 15, 13], [5, 5], [1, 3], [1, 1], 'same', [3, 2]),
];

const channels = [
  convCase([1, 5, 6], [3, 3], [33, 7], [1, 1], 'same'),
  convCase([2, 6, 5], [3, 3], [16, 33], [2, 2], 'same'),
  convCase([1, 4, 5], [2, 2], [8, 31], [1, 1], 'valid'),
  convCase([1, 6, 6], [1, 1], [32, 16], [1, 1], 'valid'),
  convCase([16, 4, 3], [3, 2], [3, 4], [1, 1], 'same'),
];

/** Sums of more than 1,024 products. */
const splits = [
  // forward and dX: 7 * 7 * 33 products.
  convCase([1, 4, 3], [7, 7], [33, 33], [1, 1], 'same', [1, 1], 'random5'),
  // dX of stride 2: one phase of 4 * 4 * 70 products, the others shorter.
  convCase([1, 5, 4], [7, 7], [2, 70], [2, 2], 'same', [1, 1], 'mbm7'),
  // dW: 2 * 28 * 28 and 6 * 7 * 29 positions.
  convCase([2, 28, 28], [5, 5], [1, 6], [1, 1], 'same', [1, 1], 'random6'),
  convCase([6, 16, 31], [3, 3], [2, 3], [2, 1], 'valid', [1, 1], 'mitchell7'),
];

export const CONV2D: ConvCase[] = [
  ...kernels,
  ...strides,
  ...paddings,
  ...dilations,
  ...channels,
  ...splits,
];

/**
 * The same with batches of at least 2: axes of size 1 drop out of a shader, so that every pattern
 * of them is one more shader to compile. The kernels keep their batches of 1.
 */
export const FEW_CONV2D: ConvCase[] = [
  ...kernels,
  ...[...strides, ...paddings, ...dilations, ...channels, ...splits].map(c => ({
    ...c,
    xShape: [Math.max(2, c.xShape[0]), ...c.xShape.slice(1)],
  })),
];

export interface FusedConvCase extends ConvCase {
  readonly biasShape?: number[];
  readonly activation: 'linear' | 'relu' | 'relu6';
}

export const FUSED_CONV2D: FusedConvCase[] = [
  ...(['linear', 'relu', 'relu6'] as const).flatMap(activation => [
    {
      ...convCase([2, 7, 8], [3, 3], [3, 7], [1, 1], 'same', [1, 1], 'mbm7'),
      biasShape: [7],
      activation,
    },
    {
      ...convCase([1, 9, 8], [5, 3], [2, 4], [2, 3], 'valid', [1, 1], 'random5'),
      biasShape: [4],
      activation,
    },
    {
      ...convCase([1, 6, 5], [1, 1], [9, 5], [1, 1], 'valid', [1, 1], 'bf16'),
      biasShape: [5],
      activation,
    },
    {
      ...convCase([1, 9, 8], [3, 3], [2, 4], [1, 1], around(1, 2, 0, 3), [2, 1], 'random6'),
      biasShape: [4],
      activation,
    },
    {
      ...convCase([1, 6, 5], [2, 2], [3, 5], [1, 1], 'same', [1, 1], 'tf32'),
      biasShape: [1],
      activation,
    },
    {...convCase([1, 6, 5], [2, 2], [3, 5], [2, 1], 'same', [1, 1], 'fixed4'), activation},
  ]),
];

/** Gradients by `tf.grads`, with a multiplier of its own for each pass. */
export const CONV2D_GRADIENTS: ConvCase[] = [
  convCase([2, 7, 8], [3, 3], [3, 4], [1, 1], 'same'),
  convCase([1, 9, 8], [3, 4], [2, 3], [2, 3], 'valid'),
  convCase([1, 6, 7], [3, 3], [2, 3], [2, 1], around(2, 0, 1, 3)),
];

/** Convolutions whose input gradient is the transposed convolution under test. */
export const CONV2D_TRANSPOSE: ConvCase[] = [
  convCase([2, 7, 8], [3, 3], [3, 4], [1, 1], 'same', [1, 1], 'random7'),
  convCase([1, 8, 10], [3, 3], [2, 5], [2, 2], 'same', [1, 1], 'mbm7'),
  convCase([1, 11, 9], [5, 3], [4, 2], [3, 2], 'valid', [1, 1], 'random5'),
  convCase([1, 9, 7], [2, 1], [3, 3], [3, 3], 'valid', [1, 1], 'bf16'),
];

export function convMacs({xShape, wShape, geometry}: ConvCase): number {
  return sizeOf(conv2dShape(xShape, wShape, geometry)) * sizeOf(wShape.slice(0, 3));
}
