// SPDX-License-Identifier: Apache-2.0
import {describeReliability} from './describe-reliability.js';

describeReliability('cpu', {convSteps: 2000, lstmSteps: 500});
