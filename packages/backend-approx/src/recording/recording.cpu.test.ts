// SPDX-License-Identifier: Apache-2.0
import {describeRecording} from './describe-recording.js';

describeRecording('cpu');
