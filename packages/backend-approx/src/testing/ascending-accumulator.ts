// SPDX-License-Identifier: Apache-2.0
import {type Accumulator, fp32Accumulator} from '@tfjs-approx/arithmetic';

/** Float32 sums in plain ascending k, however long: one block always. */
export const ascendingAccumulator: Accumulator = {
  ...fp32Accumulator,
  name: 'ascending',
  plan: (_outputs, k) => ({blocks: 1, blockSize: k}),
};
