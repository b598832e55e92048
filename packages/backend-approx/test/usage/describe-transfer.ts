// SPDX-License-Identifier: Apache-2.0
/** Transfer learning: a part of the layers is frozen. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {randomFloats} from '#src/testing/random.js';
import {loadKerasModel} from './describe-converted.js';
import {CLASSES, FEATURES, HIDDEN, release, ROWS, tensors, weightsOf} from './nets.js';

/** Multiply-accumulates by layer and pass. */
function macs(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const {layer, pass, macs: more} of coverage().entries) {
    const key = `${layer} ${pass}`;
    found[key] = (found[key] ?? 0) + more;
  }
  return found;
}

export function describeTransfer(): void {
  describe('transfer learning', () => {
    it('a new head on a frozen Keras model: only the head gets gradients', async () => {
      const keras = await loadKerasModel();
      const features = keras.getLayer('flatten').output as tf.SymbolicTensor;
      for (const layer of keras.layers) layer.trainable = false;
      const head = tf.layers.dense({
        name: 'head',
        units: 3,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({seed: 5}),
      });
      const model = tf.model({inputs: keras.inputs, outputs: head.apply(features) as never});
      model.compile({optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy'});
      const frozen = await weightsOf(keras);
      const before = await weightsOf(head);

      const xs = tf.tensor4d(randomFloats(6 * 64, 3, {exponents: [-3, 0], zeros: 0}), [6, 8, 8, 1]);
      const ys = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3);
      resetCoverage();
      const {history} = await model.fit(xs, ys, {epochs: 5, batchSize: 6, verbose: 0});

      expect(history.loss[4]).to.be.below(history.loss[0] as number);
      expectSameBits('frozen weights', await weightsOf(keras), frozen);
      expect(await weightsOf(head)).to.not.deep.equal(before);
      const images = 5 * 6;
      const {'head inputGradient': unused, ...needed} = macs();
      // Both gradients of a layer without a fusable activation are computed by tfjs at once.
      expect(unused).to.equal(images * 24 * 3);
      expect(needed).to.deep.equal({
        'conv2d forward': images * 8 * 8 * 9 * 4,
        'conv2d_1 forward': images * 2 * 2 * 9 * 4 * 6,
        'head forward': images * 24 * 3,
        'head weightGradient': images * 24 * 3,
      });
      release(xs, ys, model);
    });

    it('a frozen layer between trained ones passes gradients on and gets none', async () => {
      const dense = (name: string, config: Partial<Parameters<typeof tf.layers.dense>[0]>) => {
        const kernelInitializer = tf.initializers.glorotUniform({seed: name.length});
        return tf.layers.dense({name, units: HIDDEN, kernelInitializer, ...config});
      };
      const bottom = dense('bottom', {inputShape: [FEATURES], activation: 'relu'});
      const middle = dense('middle', {activation: 'relu'});
      const top = dense('top', {units: CLASSES, activation: 'softmax'});
      const model = tf.sequential({layers: [bottom, middle, top]});
      middle.trainable = false;
      model.compile({optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy'});
      const frozen = await weightsOf(middle);
      const trained = await weightsOf(bottom);
      const {xs, ys} = tensors();
      resetCoverage();
      await model.fit(xs, ys, {epochs: 1, batchSize: ROWS, verbose: 0});
      expectSameBits('frozen weights', await weightsOf(middle), frozen);
      expect(await weightsOf(bottom)).to.not.deep.equal(trained);
      expect(macs()).to.deep.equal({
        'bottom forward': ROWS * FEATURES * HIDDEN,
        'bottom weightGradient': ROWS * FEATURES * HIDDEN,
        'middle forward': ROWS * HIDDEN * HIDDEN,
        'middle inputGradient': ROWS * HIDDEN * HIDDEN,
        'top forward': ROWS * HIDDEN * CLASSES,
        'top inputGradient': ROWS * HIDDEN * CLASSES,
        'top weightGradient': ROWS * HIDDEN * CLASSES,
      });
      release(xs, ys, model);
    });
  });
}
