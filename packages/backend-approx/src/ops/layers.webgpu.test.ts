// SPDX-License-Identifier: Apache-2.0
/** Training steps of every layer on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeAgainstReference, describeLayers} from './layers.js';

const options = {engine: 'webgpu', maxMacs: 1e7, few: true, ready: expectAdapter} as const;

describeLayers(options);
describeAgainstReference(options);
