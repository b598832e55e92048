// SPDX-License-Identifier: Apache-2.0
import {describeAccumulators} from './accumulators.js';

describeAccumulators('cpu');
describeAccumulators('reference');
