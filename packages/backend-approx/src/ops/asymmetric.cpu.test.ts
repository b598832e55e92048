// SPDX-License-Identifier: Apache-2.0
/** The order of operands on the engines that need no GPU. */
import {describeAsymmetric} from './asymmetric.js';

describeAsymmetric({engine: 'cpu', maxMacs: 1e7});
describeAsymmetric({engine: 'reference', maxMacs: 1e7});
