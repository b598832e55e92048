// SPDX-License-Identifier: Apache-2.0
/** The multiply-accumulate ops on the engines that need no GPU. */
import {describeOps} from './describe-ops.js';

describeOps('cpu', {maxMacs: 1e7, large: true});
describeOps('reference', {maxMacs: 4e5});
