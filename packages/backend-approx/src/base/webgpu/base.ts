// SPDX-License-Identifier: Apache-2.0
/** tfjs's WebGPU backend: the base of the engine `webgpu`. What it gets wrong is replaced. */
import type {KernelFunc} from '@tensorflow/tfjs-core';
import type {Base} from '../base.js';
import {fromPixels} from '../from-pixels.js';
import {bincount} from './bincount.js';
import {cpuKernels} from './cpu-kernels.js';
import {cumprod, cumsum} from './cumulative.js';
import {emptyOnCpu} from './empty.js';
import {cast} from './floats.js';
import {gather} from './gather.js';
import {add, fusedMatMul, matMul, multiply, subtract} from './integers.js';
import {selectOfAnyRank} from './select.js';

const REDUCTIONS = ['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum'];

const replacements: Record<string, (stock: KernelFunc) => KernelFunc> = {
  Add: add,
  BatchMatMul: matMul,
  Bincount: bincount,
  Cast: cast,
  Cumprod: cumprod,
  Cumsum: cumsum,
  FromPixels: fromPixels,
  GatherV2: gather,
  Multiply: multiply,
  Select: selectOfAnyRank,
  Sub: subtract,
  _FusedMatMul: fusedMatMul,
  ...Object.fromEntries(REDUCTIONS.map(name => [name, emptyOnCpu(name)])),
};

export const webgpuBase: Base = {name: 'webgpu', replacements, missingKernels: cpuKernels};
