// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {rawDigits} from './digits.js';
import {type Dataset, loadDigits} from './index.js';
import {resizeBilinear} from './resize.js';

const counts = (labels: Uint8Array) => {
  const sizes = new Array<number>(10).fill(0);
  for (const label of labels) sizes[label]++;
  return sizes;
};

async function sha256(values: Float32Array | Uint8Array): Promise<string> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

describe('UCI digits', () => {
  let digits: Dataset;
  before(async () => {
    await tf.setBackend('cpu');
    digits = await loadDigits();
  });

  it('are the published images', async () => {
    const {pixels, labels} = await rawDigits();
    expect(counts(labels)).to.deep.equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(Math.max(...pixels)).to.equal(16);
    // The first image of the file, a zero.
    expect(labels[0]).to.equal(0);
    expect([...pixels.subarray(0, 64)].map(value => value.toString(17)).join('')).to.equal(
      '005d9100' +
        '00dfaf50' +
        '03f20b80' +
        '04c00880' +
        '05800980' +
        '04b01c70' +
        '02e5ac00' +
        '006da000',
    );
  });

  it('split into 1,437 and 360 images, stratified', () => {
    expect(digits.train.size).to.equal(1437);
    expect(digits.test.size).to.equal(360);
    expect(counts(digits.test.labels)).to.deep.equal([36, 37, 35, 37, 36, 36, 36, 36, 35, 36]);
    expect(counts(digits.train.labels)).to.deep.equal([
      142, 145, 142, 146, 145, 146, 145, 143, 139, 144,
    ]);
  });

  it('lose and repeat no image in the split', async () => {
    const {pixels, labels} = await rawDigits();
    const native = await loadDigits({imageSize: [8, 8]});
    const images = (part: Float32Array) =>
      Array.from({length: part.length / 64}, (_, i) => part.subarray(64 * i, 64 * i + 64).join());
    const all = images(Float32Array.from(pixels, value => value / 16)).map((p, i) => p + labels[i]);
    const split = [native.train, native.test].flatMap(set =>
      images(set.images).map((image, i) => image + set.labels[i]),
    );
    expect(split.sort()).to.deep.equal(all.sort());
  });

  it('have the same bits on every machine', async () => {
    expect({
      trainImages: await sha256(digits.train.images),
      trainLabels: await sha256(digits.train.labels),
      testImages: await sha256(digits.test.images),
      testLabels: await sha256(digits.test.labels),
    }).to.deep.equal({
      trainImages: '61ed1d4285a9c3bc2944b0a267e67eacf07ad6063936be66a02e35c7e652527f',
      trainLabels: 'a7b3c6d09c9ddb9fbe24ce26ebaed37791113a0908ddd385f1007c3db21e2d68',
      testImages: '5bb33b21f3cba4423f3d9d9de6ff54c892405baec1a89650f45379c023bdd1d6',
      testLabels: 'f5ab9702e17b9000874a572ff147404314709b9c704d25ce61270f6c61deeb92',
    });
  });

  it('are 28x28, 0 .. 1, float32', () => {
    expect(digits.train.imageShape).to.deep.equal([28, 28, 1]);
    expect(digits.train.images)
      .to.be.instanceOf(Float32Array)
      .with.lengthOf(1437 * 784);
    for (const {images} of [digits.train, digits.test]) {
      let low = Infinity;
      let high = -Infinity;
      for (const value of images) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      expect([low, high]).to.deep.equal([0, 1]);
    }
  });

  it('are resized as tf.image.resizeBilinear does it with half-pixel centres', async () => {
    for (const [from, to] of [
      [
        [8, 8],
        [28, 28],
      ],
      [
        [8, 8],
        [8, 8],
      ],
      [
        [5, 9],
        [3, 4],
      ],
      [
        [1, 1],
        [4, 2],
      ],
    ] as [[number, number], [number, number]][]) {
      const images = Float32Array.from({length: 3 * from[0] * from[1]}, (_, i) => (i * 7919) % 17);
      const expected = tf.image.resizeBilinear(
        tf.tensor4d(images, [3, ...from, 1]),
        to,
        false,
        true,
      );
      const actual = tf.tensor4d(resizeBilinear(images, 3, from, to), [3, ...to, 1]);
      const difference = await actual.sub(expected).abs().max().data();
      expect(difference[0], `${from} to ${to}`).to.be.below(1e-5);
    }
  });

  it('refuse a size that is none', async () => {
    const error = await loadDigits({imageSize: [0, 28]}).catch((e: Error) => e);
    expect(error).to.be.instanceOf(RangeError);
  });
});
