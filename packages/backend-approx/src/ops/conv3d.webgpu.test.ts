// SPDX-License-Identifier: Apache-2.0
/** 3-D convolution on the webgpu engine, on whichever adapter the run names. */
import {expectAdapter} from '../testing/adapter.js';
import {describeConv3D} from './conv3d.js';

describeConv3D({engine: 'webgpu', maxMacs: 1e7, few: true, ready: expectAdapter});
