// SPDX-License-Identifier: Apache-2.0
import {describeScripts} from './describe-scripts.js';

// Products and their order are those of stock's loops, but for sums that it adds in double precision: a few units
// in the last place, and what training makes of them in some steps. Measured: at most 4e-7.
describeScripts('cpu', 4e-6);
