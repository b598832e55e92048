// SPDX-License-Identifier: Apache-2.0
/** tfjs's WebGPU backend: the base of the engine `webgpu`. What it gets wrong is replaced. */
import type {KernelFunc} from '@tensorflow/tfjs-core';
import type {Base} from '../base.js';
import {fromPixels} from '../from-pixels.js';
import {argExtreme} from './arg-extreme.js';
import {bincount} from './bincount.js';
import {broadcastArgs} from './broadcast-args.js';
import {cpuKernels} from './cpu-kernels.js';
import {cumprod, cumsum} from './cumulative.js';
import {emptyOnCpu} from './empty.js';
import {cast} from './floats.js';
import {gather} from './gather.js';
import {max, min, prod, sum} from './integer-reductions.js';
import {add, fusedMatMul, matMul, multiply, subtract} from './integers.js';
import {multinomial} from './multinomial.js';
import {selectOfAnyRank} from './select.js';

type Replacement = (stock: KernelFunc) => KernelFunc;

/** Of these, what empty tensors give is asked of the CPU backend. */
const reductions: Readonly<Record<string, Replacement>> = {
  All: stock => stock,
  Any: stock => stock,
  ArgMax: argExtreme,
  ArgMin: argExtreme,
  Max: max,
  Mean: stock => stock,
  Min: min,
  Prod: prod,
  ScatterNd: stock => stock,
  Softmax: stock => stock,
  Sum: sum,
  UnsortedSegmentSum: stock => stock,
};

export const webgpuBase: Base = {
  name: 'webgpu',
  replacements: {
    Add: add,
    BatchMatMul: matMul,
    Bincount: bincount,
    BroadcastArgs: broadcastArgs,
    Cast: cast,
    Cumprod: cumprod,
    Cumsum: cumsum,
    FromPixels: fromPixels,
    GatherV2: gather,
    Multinomial: multinomial,
    Multiply: multiply,
    Select: selectOfAnyRank,
    Sub: subtract,
    _FusedMatMul: fusedMatMul,
    ...Object.fromEntries(
      Object.entries(reductions).map(([name, replacement]): [string, Replacement] => [
        name,
        stock => emptyOnCpu(name)(replacement(stock)),
      ]),
    ),
  },
  missingKernels: cpuKernels,
};
