// SPDX-License-Identifier: Apache-2.0
/** The multiply-accumulate ops on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeOps} from './describe-ops.js';

describeOps('webgpu', {maxMacs: 2e6, few: true, ready: expectAdapter});
