// SPDX-License-Identifier: Apache-2.0
import {describeScripts} from './describe-scripts.js';

describeScripts('webgpu', 1e-4);
