// SPDX-License-Identifier: Apache-2.0
/** Depthwise convolution on the engines that need no GPU. */
import {describeDepthwise} from './depthwise.js';

describeDepthwise({engine: 'cpu', maxMacs: 1e7});
describeDepthwise({engine: 'reference', maxMacs: 1e5});
