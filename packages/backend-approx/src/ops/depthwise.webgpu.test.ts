// SPDX-License-Identifier: Apache-2.0
/** Depthwise convolution on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeDepthwise} from './depthwise.js';

describeDepthwise({engine: 'webgpu', maxMacs: 2e6, few: true, ready: expectAdapter});
