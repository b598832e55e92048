// SPDX-License-Identifier: Apache-2.0
/** How users look at what a program does: profile, time, tidy, memory, summary. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {denseNet, release, tensors} from './nets.js';

export function describeInspection(): void {
  describe('looking at a program', () => {
    it('tf.profile names the kernels, their shapes, times and bytes', async () => {
      const [a, b] = [tf.ones<tf.Rank.R2>([8, 4]), tf.ones<tf.Rank.R2>([4, 2])];
      const profile = await tf.profile(() => tf.tidy(() => tf.matMul(a, b).add(1)));
      expect(profile.kernelNames).to.include.members(['BatchMatMul', 'Add']);
      expect(profile.newTensors).to.equal(1);
      expect(profile.newBytes).to.equal(8 * 2 * 4);
      expect(profile.peakBytes).to.be.at.least(8 * 2 * 4);
      const matMul = profile.kernels.find(({name}) => name === 'BatchMatMul')!;
      expect(matMul.inputShapes).to.deep.equal([
        [8, 4],
        [4, 2],
      ]);
      expect(matMul.outputShapes).to.deep.equal([[8, 2]]);
      expect(matMul.kernelTimeMs).to.be.a('number').that.is.at.least(0);
      release(a, b, profile.result as tf.Tensor);
    });

    it('tf.profile works around a training step', async () => {
      const {xs, ys} = tensors();
      const model = denseNet();
      const profile = await tf.profile(async () => {
        await model.trainOnBatch(xs, ys);
        return [];
      });
      expect(profile.kernelNames).to.include.members(['BatchMatMul', 'Relu', 'Softmax']);
      release(xs, ys, model);
    });

    it('tf.time measures', async () => {
      const {xs} = tensors();
      const model = denseNet();
      const {wallMs, kernelMs} = await tf.time(() => tf.tidy(() => void model.predict(xs)));
      expect(wallMs).to.be.a('number').that.is.above(0);
      expect(kernelMs).to.be.a('number').that.is.at.least(0);
      release(xs, model);
    });

    it('tf.tidy and tf.memory: a step leaves what it returns, and dispose the rest', async () => {
      const start = tf.memory();
      const w = tf.variable(tf.ones<tf.Rank.R2>([3, 2]));
      const x = tf.ones<tf.Rank.R2>([4, 3]);
      const product = tf.tidy(() => {
        const {grads} = tf.variableGrads(() => tf.matMul(x, w).square().mean() as tf.Scalar);
        return tf.matMul(x, w.sub(grads[w.name])) as tf.Tensor;
      });
      await product.data();
      // w, x and the product; tf.ones and tf.variable share their data.
      expect(tf.memory().numTensors).to.equal(start.numTensors + 4);
      release(w, x, product);
      expect(tf.memory().numTensors).to.equal(start.numTensors + 1);
      expect(tf.memory().numBytes).to.be.at.least(start.numBytes);
    });

    it('models leave nothing behind when they are disposed', async () => {
      const {numTensors, numDataBuffers, numBytes} = tf.memory();
      const {xs, ys} = tensors();
      const optimizer = tf.train.sgd(0.1);
      const model = denseNet(optimizer);
      await model.fit(xs, ys, {epochs: 2, batchSize: 4, verbose: 0});
      release(xs, ys, model, optimizer);
      const after = tf.memory();
      expect(after.numTensors).to.equal(numTensors);
      expect(after.numDataBuffers).to.equal(numDataBuffers);
      expect(after.numBytes).to.equal(numBytes);
    });

    it('model.summary prints layers, shapes and parameters', () => {
      const model = denseNet();
      const lines: string[] = [];
      model.summary(80, undefined, line => void lines.push(String(line)));
      const text = lines.join('\n');
      expect(text).to.match(/hidden \(Dense\) +\[\[null,3\]\] +\[null,4\] +16/);
      expect(text).to.match(/classes \(Dense\) +\[\[null,4\]\] +\[null,2\] +10/);
      expect(text).to.match(/Total params: 26\nTrainable params: 26/);
      model.dispose();
    });
  });
}
