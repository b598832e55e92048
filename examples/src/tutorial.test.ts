// SPDX-License-Identifier: Apache-2.0
import {describeTutorial} from './tutorial-spec.js';

describeTutorial('cpu');
