// SPDX-License-Identifier: Apache-2.0
/** Ops that multiply matrices as a means to another end: exact, and counted as such. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage, setMultiplier} from '#src/index.js';
import {release} from './nets.js';

/** 1.5 * 1.5 is 2 with mitchell4, and 1 * x has 4 fraction bits. */
const MULTIPLIER = 'mitchell4';
const FINE = [1.001, 1.7003, -2.9001];

class Gray extends tf.layers.Layer {
  static className = 'GrayInATest';
  override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.image.rgbToGrayscale([x].flat()[0] as tf.Tensor4D);
  }
}

export function describeHelpers(): void {
  describe('helper ops that multiply matrices', () => {
    beforeEach(() => {
      setMultiplier(MULTIPLIER);
      resetCoverage();
    });

    for (const indexing of ['xy', 'ij']) {
      it(`meshgrid (${indexing}) repeats values unchanged, in its gradient too, and is listed`, async () => {
        const rows = [...(await tf.meshgrid(FINE, [5, 6], {indexing})[0].data())].sort();
        expect(rows).to.deep.equal([...FINE, ...FINE].map(Math.fround).sort());
        const single = await tf.meshgrid(FINE, [5], {indexing})[0].data();
        expect([...single]).to.deep.equal(FINE.map(Math.fround));
        const gradient = tf.grad((x: tf.Tensor) =>
          tf.meshgrid(x, tf.tensor1d([5, 6]), {indexing})[0].mul(1.3),
        )(tf.tensor1d(FINE));
        expect((await gradient.data())[0]).to.be.closeTo(2.6, 1e-6);
        const {entries} = coverage();
        expect(entries.every(({exact, kernel}) => exact && kernel === 'BatchMatMul')).to.equal(
          true,
        );
        expect(entries.map(({reason}) => reason)).to.include.members([
          'an outer product with tf.ones, as in tf.meshgrid',
        ]);
        expect(
          entries.some(({pass}) => pass === 'inputGradient' || pass === 'weightGradient'),
        ).to.equal(true);
      });
    }

    it('rgbToGrayscale is exact, in its gradient too, and listed', async () => {
      const image = tf.tensor3d([[[0.9, 0.7, 0.3]]]);
      const gray = tf.image.rgbToGrayscale(image);
      expect((await gray.data())[0]).to.be.closeTo(0.2989 * 0.9 + 0.587 * 0.7 + 0.114 * 0.3, 1e-6);
      const gradient = tf.grad((x: tf.Tensor) => tf.image.rgbToGrayscale(x as tf.Tensor3D))(image);
      const found = await gradient.data();
      [0.2989, 0.587, 0.114].forEach((weight, i) => expect(found[i]).to.be.closeTo(weight, 1e-6));
      const {entries} = coverage();
      expect(new Set(entries.map(({reason}) => reason))).to.deep.equal(
        new Set(['inside tf.image.rgbToGrayscale']),
      );
      expect(entries.map(({pass}) => pass)).to.include('inputGradient');
      release(image, gray, gradient);
    });

    it('confusionMatrix is listed under its own name', async () => {
      const labels = tf.tensor1d([0, 1, 1], 'int32');
      const matrix = tf.math.confusionMatrix(labels, labels, 2);
      expect([...(await matrix.data())]).to.deep.equal([1, 0, 0, 2]);
      const [entry] = coverage().entries;
      expect(entry).to.include({exact: true, reason: 'inside tf.math.confusionMatrix'});
      release(labels, matrix);
    });

    it("the program's own products stay approximate, also inside its own tf.op", async () => {
      const own = tf.op({own_: (x: tf.Tensor2D) => tf.matMul(x, x)});
      const x = tf.tensor2d([[1.5]]);
      for (const product of [
        own(x),
        tf.dot(x, x),
        tf.outerProduct([1.5], [1.5]),
        tf.einsum('ij,jk->ik', x, x),
      ]) {
        expect((await product.data())[0]).to.equal(2);
        release(product);
      }
      expect(coverage().entries.every(({exact}) => !exact)).to.equal(true);
      release(x);
    });

    it('a layer that uses one has approximate products, under its name', async () => {
      const layer = new Gray({name: 'gray'});
      const image = tf.tensor4d([1.5, 1.5, 1.5], [1, 1, 1, 3]);
      const gray = layer.apply(image) as tf.Tensor;
      await gray.data();
      const [entry] = coverage().entries;
      expect(entry).to.include({exact: false, layer: 'gray', multiplier: MULTIPLIER});
      release(image, gray);
    });
  });
}
