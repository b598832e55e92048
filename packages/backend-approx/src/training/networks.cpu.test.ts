// SPDX-License-Identifier: Apache-2.0
/** Networks of four kinds on the cpu engine. */
import {describeNetworks} from './networks-suite.js';

describeNetworks({
  engine: 'cpu',
  multipliers: {
    mbm7: 'mbm7',
    'mitchell7, bf16 and truncated7': {
      forward: 'mitchell7',
      inputGradient: 'bf16',
      weightGradient: 'truncated7',
    },
  },
});
