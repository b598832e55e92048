// SPDX-License-Identifier: Apache-2.0
import {describeReadme} from './readme-spec.js';

describeReadme('webgpu');
