// SPDX-License-Identifier: Apache-2.0
import {describeBase} from './describe-base.js';

describeBase('webgpu');
