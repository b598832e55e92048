// SPDX-License-Identifier: Apache-2.0
/** Training steps of every layer on the engines that need no GPU. */
import {describeAgainstReference, describeLayers} from './layers.js';

describeLayers({engine: 'cpu', maxMacs: 1e7});
describeLayers({engine: 'reference', maxMacs: 1e7});
describeAgainstReference({engine: 'cpu', maxMacs: 1e7});
