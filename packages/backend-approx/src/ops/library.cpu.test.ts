// SPDX-License-Identifier: Apache-2.0
import {describeLibrary} from './library.js';

describeLibrary('cpu');
