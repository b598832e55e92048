// SPDX-License-Identifier: Apache-2.0
/** Two backends in one process: `approx` beside tfjs's own. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage, setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {denseNet, release, tensors, weightsOf} from './nets.js';

type Name = 'approx' | 'cpu';

/** Trains one model per backend, a step each in turn, and gives the weights of each. */
async function trainInTurn(backends: readonly Name[]): Promise<number[][]> {
  const runs = [];
  for (const backend of backends) {
    await tf.setBackend(backend);
    // Each has its own tensors: a tensor lives on one backend.
    runs.push({backend, model: denseNet(), ...tensors()});
  }
  for (let step = 0; step < 3; step++) {
    for (const {backend, model, xs, ys} of runs) {
      await tf.setBackend(backend);
      await model.fit(xs, ys, {epochs: 1, batchSize: 6, shuffle: false, verbose: 0});
    }
  }
  const weights = [];
  for (const {backend, model, xs, ys} of runs) {
    await tf.setBackend(backend);
    weights.push(await weightsOf(model));
    release(xs, ys, model);
  }
  return weights;
}

export function describeBackends(): void {
  describe('two backends in one process', () => {
    it('training on approx and on cpu in turn: neither touches the other', async () => {
      setMultiplier('mitchell7');
      const [approximate, exact] = await trainInTurn(['approx', 'cpu']);
      const [approximateAlone] = await trainInTurn(['approx']);
      const [exactAlone] = await trainInTurn(['cpu']);
      expectSameBits('approx', approximate, approximateAlone);
      expectSameBits('cpu', exact, exactAlone);
      expect(approximate).to.not.deep.equal(exact);
    });

    it('products on another backend are exact and not counted', async () => {
      setMultiplier('mitchell7');
      resetCoverage();
      await tf.setBackend('cpu');
      const product = tf.matMul([[1.5]], [[1.5]]);
      expect((await product.data())[0]).to.equal(2.25);
      expect(coverage().totalMacs).to.equal(0);
      product.dispose();
    });

    it('a tensor of approx moves to cpu and back', async () => {
      setMultiplier('mitchell7');
      const product = tf.matMul([[1.5]], [[1.5]]);
      await tf.setBackend('cpu');
      const onCpu = tf.matMul(product, [[1.5]]);
      expect((await onCpu.data())[0]).to.equal(3);
      await tf.setBackend('approx');
      const back = tf.matMul(onCpu, [[1.5]]);
      // Mitchell: 3 = 2 * (1 + 0.5), so 3 * 1.5 is 2 * 2.
      expect((await back.data())[0]).to.equal(4);
      release(product, onCpu, back);
    });

    it('the weights of a model trained on approx serve a model on cpu', async () => {
      const {xs, ys} = tensors();
      const trained = denseNet();
      await trained.fit(xs, ys, {epochs: 2, verbose: 0});
      await tf.setBackend('cpu');
      const served = denseNet();
      served.setWeights(trained.getWeights());
      const input = tf.tensor2d([[0.5, -0.25, 1]]);
      const prediction = served.predict(input) as tf.Tensor;
      const [first, second] = await prediction.data();
      expect(first + second).to.be.closeTo(1, 1e-6);
      await tf.setBackend('approx');
      release(xs, ys, trained, served, input, prediction);
    });
  });
}
