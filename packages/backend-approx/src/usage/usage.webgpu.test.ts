// SPDX-License-Identifier: Apache-2.0
import {describeUsage} from './describe-usage.js';

describeUsage('webgpu');
