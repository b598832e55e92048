// SPDX-License-Identifier: Apache-2.0
/** LeNet-5 on the cpu engine: counts against a formula, and accuracy on MNIST. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage, setEngine, setMultiplier} from '@tfjs-approx/backend-approx';
import {leNet5, seededDataset, toTensors, type Dataset} from '@tfjs-approx/models';
import {loadMnist} from '@tfjs-approx/models/node';

function compiled(): tf.Sequential {
  const model = leNet5({seed: 5});
  model.compile({
    optimizer: tf.train.adam(0.002),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

describe('LeNet-5', () => {
  before(async () => {
    await setEngine('cpu');
    setMultiplier('mbm7');
  });
  after(() => setMultiplier('mbm7'));

  it('coverage counts 416,520 forward, 416,520 dW and 298,920 dX per image', async () => {
    const model = compiled();
    const images = 3;
    const xs = tf.randomUniform([images, 28, 28, 1]);
    const ys = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2], 'int32'), 10).toFloat());
    resetCoverage();
    await model.trainOnBatch(xs, ys);
    const macs = {forward: 0, inputGradient: 0, weightGradient: 0};
    for (const entry of coverage().entries) macs[entry.pass] += entry.macs / images;
    expect(macs).to.deep.equal({
      // Output positions x filter taps x channels of each layer.
      forward: 28 * 28 * 25 * 1 * 6 + 10 * 10 * 25 * 6 * 16 + 400 * 120 + 120 * 84 + 84 * 10,
      weightGradient: 416_520,
      inputGradient: 298_920,
    });
    expect(macs.forward).to.equal(416_520);
    expect(coverage().approximateShare).to.equal(1);
    model.dispose();
    tf.dispose([xs, ys]);
  });

  describe('on MNIST, one epoch over 4,000 images', function () {
    this.timeout(1_200_000);
    let mnist: Dataset;

    before(async function () {
      if (!process.env.APPROX_DATA_DIR) {
        const reason = 'APPROX_DATA_DIR is not set, so there is no MNIST to train on';
        Object.assign(this.runnable().parent!, {skipReason: reason});
        this.skip();
      }
      mnist = await loadMnist({trainLimit: 4000, testLimit: 1000});
    });

    async function testAccuracy(multiplier: string): Promise<number> {
      setMultiplier(multiplier);
      const model = compiled();
      await model.fitDataset(seededDataset(mnist.train, {batchSize: 32, seed: 3}), {
        epochs: 1,
        verbose: 0,
      });
      const {xs, ys} = toTensors(mnist.test);
      const [, accuracy] = model.evaluate(xs, ys, {batchSize: 250}) as tf.Scalar[];
      const [value] = await accuracy.data();
      model.dispose();
      tf.dispose([xs, ys]);
      return value;
    }

    it('mbm7 reaches a test accuracy within 3 points of fp32, from the same seed', async () => {
      const exact = await testAccuracy('fp32');
      const approximate = await testAccuracy('mbm7');
      expect(exact).to.be.above(0.85);
      expect(Math.abs(exact - approximate)).to.be.below(0.03);
    });
  });
});
