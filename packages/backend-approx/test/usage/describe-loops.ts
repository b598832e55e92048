// SPDX-License-Identifier: Apache-2.0
/** Training loops that users write themselves. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage, setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import {matMulGradients} from '../oracles/oracle-ops.js';
import {toTensor} from '../oracles/oracle-tensors.js';
import {MEDIUM, randomTensor} from '#src/testing/random.js';
import {denseNet, MACS_OF_ROW, release, ROWS, tensors} from './nets.js';

export function describeLoops(): void {
  describe('training loops', () => {
    it('tf.variableGrads gives the gradients of the definition, bit for bit', async () => {
      const {setting, product} = testMultiplier('mitchell7');
      setMultiplier(setting);
      const [x, w, dy] = [
        randomTensor([4, 3], 1, MEDIUM),
        randomTensor([3, 2], 2, MEDIUM),
        randomTensor([4, 2], 3, MEDIUM),
      ];
      const variable = tf.variable(toTensor<tf.Tensor2D>(w));
      const {value, grads} = tf.tidy(() =>
        // The gradient of sum(y * dy) with regard to y is dy.
        tf.variableGrads(() =>
          tf.matMul(toTensor<tf.Tensor2D>(x), variable).mul(toTensor(dy)).sum(),
        ),
      );
      const {db} = matMulGradients(product, x, w, dy);
      expectSameBits('dW', await grads[variable.name].data(), db.data);
      release(value, grads[variable.name], variable);
    });

    it('optimizer.minimize trains a model by model.apply, and every product is counted', async () => {
      const {xs, ys} = tensors();
      const model = denseNet();
      const optimizer = tf.train.adam(0.05);
      const loss = () =>
        tf.tidy(() =>
          tf.metrics
            .categoricalCrossentropy(ys, model.apply(xs, {training: true}) as tf.Tensor)
            .mean(),
        ) as tf.Scalar;
      resetCoverage();
      const costs: number[] = [];
      for (let step = 0; step < 20; step++) {
        const cost = optimizer.minimize(loss, true)!;
        costs.push((await cost.data())[0]);
        cost.dispose();
      }
      expect(costs.at(-1)).to.be.below(0.7 * costs[0]);
      const macs: Record<string, number> = {};
      for (const {layer, pass, macs: more} of coverage().entries) {
        // Under `apply` the path begins with the model.
        expect(layer).to.match(/^sequential\w*\/(hidden|classes)$/);
        macs[pass] = (macs[pass] ?? 0) + more / (20 * ROWS);
      }
      expect(macs).to.deep.equal(MACS_OF_ROW);
      expect(coverage().approximateShare).to.equal(1);
      release(xs, ys, model, optimizer);
    });

    it('applyGradients changes the variables it is given and no others', async () => {
      const [a, b] = [tf.variable(tf.ones([2, 2])), tf.variable(tf.ones([2, 2]))];
      const optimizer = tf.train.sgd(0.25);
      tf.tidy(() => {
        const {grads} = tf.variableGrads(() => tf.matMul(a, b).sum() as tf.Scalar, [a]);
        expect(Object.keys(grads)).to.deep.equal([a.name]);
        optimizer.applyGradients(grads);
      });
      expect([...(await b.data())]).to.deep.equal([1, 1, 1, 1]);
      expect([...(await a.data())].every(value => value < 1)).to.equal(true);
      release(a, b, optimizer);
    });
  });
}
