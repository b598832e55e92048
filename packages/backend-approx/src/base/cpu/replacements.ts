// SPDX-License-Identifier: Apache-2.0
/**
 * Kernels without products that took most of a training step on the stock CPU backend, with its bits.
 * What a replacement does not cover it hands to the stock kernel.
 */
import type {KernelFunc} from '@tensorflow/tfjs-core';
import {add, divide, multiply, subtract} from './binary.js';
import {batchNorm} from './batch-norm.js';
import {matMul} from './integer-mat-mul.js';
import {maxPoolGrad} from './max-pool-grad.js';
import {maxPool} from './max-pool.js';
import {mean} from './mean.js';
import {pad} from './pad.js';
import {slice, split} from './slice.js';
import {sum} from './sum.js';
import {tile} from './tile.js';
import {transpose} from './transpose.js';
import {
  clipByValue,
  elu,
  exp,
  log,
  neg,
  reciprocal,
  relu,
  relu6,
  rsqrt,
  sigmoid,
  sqrt,
  square,
  step,
  tanh,
} from './unary.js';

export const replacements: Readonly<Record<string, (stock: KernelFunc) => KernelFunc>> = {
  Add: add,
  BatchMatMul: matMul,
  ClipByValue: clipByValue,
  Elu: elu,
  Exp: exp,
  Log: log,
  FusedBatchNorm: batchNorm,
  MaxPool: maxPool,
  MaxPoolGrad: () => maxPoolGrad,
  Mean: mean,
  Multiply: multiply,
  Neg: neg,
  PadV2: pad,
  RealDiv: divide,
  Reciprocal: reciprocal,
  Relu: relu,
  Relu6: relu6,
  Rsqrt: rsqrt,
  Sigmoid: sigmoid,
  Slice: slice,
  SplitV: split,
  Sqrt: sqrt,
  Square: square,
  Step: step,
  Sub: subtract,
  Sum: sum,
  Tanh: tanh,
  Tile: tile,
  Transpose: transpose,
};
