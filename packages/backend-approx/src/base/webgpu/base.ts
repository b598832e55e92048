// SPDX-License-Identifier: Apache-2.0
/** tfjs's WebGPU backend: the base of the engine `webgpu`. */
import type {Base} from '../base.js';
import {cpuKernels} from './cpu-kernels.js';
import {selectOfAnyRank} from './select.js';

export const webgpuBase: Base = {
  name: 'webgpu',
  replacements: {Select: selectOfAnyRank},
  missingKernels: cpuKernels,
};
