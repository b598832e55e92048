// SPDX-License-Identifier: Apache-2.0
/** Networks of four kinds on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeNetworks} from './networks-suite.js';

describeNetworks({
  engine: 'webgpu',
  multipliers: {mbm7: 'mbm7'},
  ready: expectAdapter,
});
