// SPDX-License-Identifier: Apache-2.0
/** The order of operands on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeAsymmetric} from './asymmetric.js';

describeAsymmetric({engine: 'webgpu', maxMacs: 1e7, few: true, ready: expectAdapter});
