// SPDX-License-Identifier: Apache-2.0
/** Networks of four kinds on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeNetworks} from './networks-suite.js';
import {NETWORKS} from './networks.js';

// The first two have many layers, which is many shaders to compile and to start: SwiftShader would
// take most of a minute.
const isSlow = process.env['APPROX_TEST_ADAPTER'] === 'swiftshader';

describeNetworks({
  engine: 'webgpu',
  multipliers: {mbm7: 'mbm7'},
  networks: isSlow ? NETWORKS.slice(2) : NETWORKS,
  ready: expectAdapter,
});
