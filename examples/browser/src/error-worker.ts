// SPDX-License-Identifier: Apache-2.0
/** Computes error maps beside the page: a table of 11-bit fractions has four million entries. */
import {errorMap} from './error-map.js';

self.addEventListener('message', ({data}: MessageEvent<string>) => {
  self.postMessage(errorMap(data));
});
