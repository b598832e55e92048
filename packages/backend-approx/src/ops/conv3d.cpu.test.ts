// SPDX-License-Identifier: Apache-2.0
/** 3-D convolution on the engines that need no GPU. */
import {describeConv3D} from './conv3d.js';

describeConv3D({engine: 'cpu', maxMacs: 1e7});
describeConv3D({engine: 'reference', maxMacs: 1e5});
