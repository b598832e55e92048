// SPDX-License-Identifier: Apache-2.0
/**
 * Kernels without products that took most of a training step on the stock CPU backend, with its bits.
 * What a replacement does not cover it hands to the stock kernel.
 */
import type {KernelFunc} from '@tensorflow/tfjs-core';
import {add, divide, multiply, subtract} from './binary.js';
import {matMul} from './integer-mat-mul.js';
import {maxPoolGrad} from './max-pool-grad.js';
import {maxPool} from './max-pool.js';
import {slice, split} from './slice.js';
import {sum} from './sum.js';
import {relu, step} from './unary.js';

export const replacements: Readonly<Record<string, (stock: KernelFunc) => KernelFunc>> = {
  Add: add,
  BatchMatMul: matMul,
  MaxPool: maxPool,
  MaxPoolGrad: () => maxPoolGrad,
  Multiply: multiply,
  RealDiv: divide,
  Relu: relu,
  Slice: slice,
  SplitV: split,
  Step: step,
  Sub: subtract,
  Sum: sum,
};
