// SPDX-License-Identifier: Apache-2.0
/** einsum and batches on the engines that need no GPU. */
import {describeBatches} from './einsum-batches.js';
import {describeEinsum} from './einsum.js';

for (const engine of ['cpu', 'reference'] as const) {
  describeEinsum({engine, maxMacs: 1e7});
  describeBatches({engine, maxMacs: 1e7, many: true});
}
