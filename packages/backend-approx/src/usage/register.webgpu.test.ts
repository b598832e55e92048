// SPDX-License-Identifier: Apache-2.0
import {describeRegister} from './describe-register.js';

describeRegister('webgpu');
