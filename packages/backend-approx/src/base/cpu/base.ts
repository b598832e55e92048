// SPDX-License-Identifier: Apache-2.0
/** tfjs's CPU backend: the base of the engines `cpu` and `reference`. */
import {platform} from '#platform';
import type {Base} from '../base.js';
import {fromPixelsInMemory} from '../from-pixels.js';
import {replacements} from './replacements.js';

export const cpuBase: Base = {
  name: 'cpu',
  replacements,
  // In browsers tfjs-core draws images, videos and bitmaps on a canvas of its own.
  missingKernels: () =>
    platform.copiesImages
      ? []
      : [{kernelName: 'FromPixels', backendName: 'cpu', kernelFunc: fromPixelsInMemory}],
};
