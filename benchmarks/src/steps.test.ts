// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {coverage, resetCoverage, setEngine, setMultiplier} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import {NETWORKS, trainingStep, type NetworkName} from './steps.js';

describe('training steps', function () {
  this.timeout(300_000);
  before(async () => {
    await setEngine('cpu');
    setMultiplier('fp32');
  });

  for (const network of Object.keys(NETWORKS) as NetworkName[]) {
    it(`${NETWORKS[network].title}: the loss is finite, and the products are those counted`, async () => {
      const step = trainingStep(network, 1);
      const before = tf.memory().numTensors;
      const workload = step.prepare();
      resetCoverage();
      const loss = workload.run();
      expect((await loss.data())[0]).to.be.within(0.1, 50);
      expect(coverage().totalMacs).to.equal(step.macs);
      loss.dispose();
      workload.dispose();
      expect(tf.memory().numTensors).to.equal(before);
    });
  }
});
