// SPDX-License-Identifier: Apache-2.0
/** Shorter than on the cpu engine, as software adapters take minutes; APPROX_LONG_RUNS=1 runs all steps. */
import {describeReliability} from './describe-reliability.js';

const isLong = process.env.APPROX_LONG_RUNS === '1';
describeReliability(
  'webgpu',
  isLong ? {convSteps: 2000, lstmSteps: 500} : {convSteps: 200, lstmSteps: 20},
);
