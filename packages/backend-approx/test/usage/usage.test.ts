// SPDX-License-Identifier: Apache-2.0
/** What users of TensorFlow.js do besides `fit`, on one engine. */
import * as tf from '@tensorflow/tfjs';
import {setEngine, setMultiplier} from '#src/index.js';
import {trainingEnginesHere, type TestEngine} from '../engines.js';
import {describeBackends} from './describe-backends.js';
import {describeConverted} from './describe-converted.js';
import {describeFitting} from './describe-fitting.js';
import {describeHelpers} from './describe-helpers.js';
import {describeInspection} from './describe-inspection.js';
import {describeLoops} from './describe-loops.js';
import {describeTransfer} from './describe-transfer.js';

function describeUsage({engine}: TestEngine): void {
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

for (const engine of trainingEnginesHere) describeUsage(engine);
