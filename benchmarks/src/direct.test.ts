// SPDX-License-Identifier: Apache-2.0
import {functionalModel, getMultiplier} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {directMatMul, directProduct, measureDirectSimulation} from './direct.js';
import {randomValues} from './random.js';

const words = new Int32Array(1);
const floats = new Float32Array(words.buffer);

function float(word: number): number {
  words[0] = word;
  return floats[0];
}

describe('direct simulation', () => {
  const model = functionalModel(getMultiplier('mbm7'));

  /** NaNs are equal whatever their payload. */
  function expectProduct(a: number, b: number): void {
    const found = float(directProduct(a, b));
    const expected = model(float(a), float(b));
    if (!Object.is(found, expected)) {
      expect.fail(`${float(a)} times ${float(b)}: ${found}, expected ${expected}`);
    }
  }

  it('equals the functional model for every pair of fractions', () => {
    for (let i = 0; i < 128; i++) {
      for (let j = 0; j < 128; j++) {
        // Bits below the seventh do not count.
        expectProduct((0x3f800000 | (i << 16)) + 0xffff, (0xc1000000 | 0) + (j << 16));
      }
    }
  });

  it('equals it for every pair of exponents, special values included', () => {
    const fractions = [0, 1, 0x400000, 0x7fffff];
    for (let ea = 0; ea < 256; ea++) {
      for (let eb = 0; eb < 256; eb += 3) {
        for (const fraction of fractions) {
          expectProduct((ea << 23) | fraction, (eb << 23) | 0x80000000 | fraction);
        }
      }
    }
    for (const special of [0, 0x80000000 | 0, 0x7f800000, 0x7fc00000, 0x7f800001, 1]) {
      for (const other of [0, 0x7f800000, 0xff800000 | 0, 0x7fc00000, 0x3f800000, 1]) {
        expectProduct(special, other);
      }
    }
  });

  it('adds products in ascending k', () => {
    const size = 13;
    const [a, b] = [randomValues(size * size, 5), randomValues(size * size, 6)];
    const found = directMatMul(a, b, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = model(a[i * size], b[j]);
        for (let k = 1; k < size; k++) {
          sum = Math.fround(sum + model(a[i * size + k], b[k * size + j]));
        }
        expect(found[i * size + j]).to.equal(sum);
      }
    }
  });

  it('has a speed', () => {
    const {multiplier, gmacPerSecond} = measureDirectSimulation('smoke');
    expect(multiplier).to.equal('mbm7');
    expect(gmacPerSecond).to.be.above(0);
  });
});
