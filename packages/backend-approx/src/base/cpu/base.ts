// SPDX-License-Identifier: Apache-2.0
/** tfjs's CPU backend: the base of the engines `cpu` and `reference`. */
import type {Base} from '../base.js';
import {replacements} from './replacements.js';

export const cpuBase: Base = {name: 'cpu', replacements, missingKernels: () => []};
