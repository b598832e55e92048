// SPDX-License-Identifier: Apache-2.0
/** einsum and batches on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeBatches} from './einsum-batches.js';
import {describeEinsum} from './einsum.js';

const options = {engine: 'webgpu', maxMacs: 1e7, few: true, ready: expectAdapter} as const;

describeEinsum(options);
describeBatches({...options, many: process.env['APPROX_TEST_ADAPTER'] !== 'swiftshader'});
