// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setEngine} from '../../index.js';

type Padding = 'same' | 'valid' | number;

/** dx of a max pooling with ties, negative values and NaN, on the current backend. */
function gradient(size: number, stride: number, pad: Padding): number[] {
  return tf.tidy(() => {
    const values = Array.from({length: 2 * 7 * 8 * 3}, (_, i) => ((i * 7919) % 13) - 6);
    values[5] = NaN;
    const x = tf.tensor4d(values, [2, 7, 8, 3]);
    const y = tf.maxPool(x, size, stride, pad);
    const dy = tf.tensor4d(
      Float32Array.from({length: y.size}, (_, i) => Math.fround(Math.sin(i + 1))),
      y.shape,
    );
    return [
      ...tf
        .grad(z => tf.maxPool(z as tf.Tensor4D, size, stride, pad))(x, dy)
        .dataSync(),
    ];
  });
}

describe('MaxPoolGrad on the cpu engine', () => {
  for (const [size, stride, pad] of [
    [2, 2, 'valid'],
    [2, 2, 'same'],
    [3, 2, 'same'],
    [3, 1, 'valid'],
    [3, 2, 1],
  ] as Array<[number, number, Padding]>) {
    it(`equals stock tfjs bit for bit: window ${size}, stride ${stride}, padding ${pad}`, async () => {
      await tf.setBackend('cpu');
      const stock = gradient(size, stride, pad);
      await setEngine('cpu');
      expect(gradient(size, stride, pad)).to.deep.equal(stock);
      expect(stock.some(value => value !== 0)).to.equal(true);
    });
  }
});
