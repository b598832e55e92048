// SPDX-License-Identifier: Apache-2.0
import {describeTraining} from './describe-training.js';

describeTraining('cpu', 'cpu');
