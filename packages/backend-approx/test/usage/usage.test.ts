// SPDX-License-Identifier: Apache-2.0
/** What users of TensorFlow.js do besides `fit`, on one engine. */
import * as tf from '@tensorflow/tfjs';
import {setEngine, setMultiplier, type EngineName} from '../index.js';
import {describeBackends} from './describe-backends.js';
import {describeConverted} from './describe-converted.js';
import {describeFitting} from './describe-fitting.js';
import {describeHelpers} from './describe-helpers.js';
import {describeInspection} from './describe-inspection.js';
import {describeLoops} from './describe-loops.js';
import {describeTransfer} from './describe-transfer.js';

export function describeUsage(engine: EngineName): void {
  describe(`tfjs programs on the ${engine} engine`, () => {
    before(async () => {
      await setEngine(engine);
    });
    afterEach(async () => {
      await tf.setBackend('approx');
      setMultiplier('mbm7');
    });

    describeLoops();
    describeFitting();
    describeConverted();
    describeTransfer();
    describeInspection();
    describeHelpers();
    describeBackends();
  });
}
