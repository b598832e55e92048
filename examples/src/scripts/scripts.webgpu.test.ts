// SPDX-License-Identifier: Apache-2.0
import {describeScripts} from './describe-scripts.js';

// Products and sums are those of the cpu engine; activations, losses and optimizers are stock kernels, whose exp, tanh,
// sqrt and divisions a GPU may round in a few units of the last place more. Measured on lavapipe: at
// most 4e-7 for losses.
describeScripts('webgpu', 1e-4);
