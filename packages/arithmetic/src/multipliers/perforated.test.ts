// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {expectProducts} from '../testing/expect-products.js';
import {perforatedProduct} from './perforated.js';

describe('perforatedJ-K-M leaves out rows J .. J+K-1 of partial products', () => {
  for (const [m, j, k] of [
    [1, 0, 1],
    [4, 1, 2],
    [7, 0, 3],
    [7, 2, 5],
    [9, 3, 4],
  ] as const) {
    it(`perforated${j}-${k}-${m}, all pairs`, () => {
      const n = 2 ** m;
      expectProducts(`perforated${j}-${k}-${m}`, (x, y) => {
        let sum = 0;
        for (let row = 0; row <= m; row++) {
          const bit = Math.floor((n * (1 + y)) / 2 ** row) % 2;
          if (row < j || row >= j + k) sum += bit * (1 + x) * 2 ** (row - m);
        }
        return sum;
      });
    });
  }

  it('errs on average by half of what the rows can hold', () => {
    // Each bit is one in half of the operands: the mean is that of a times half the rows' places.
    for (const [j, k] of [
      [0, 2],
      [2, 3],
      [1, 1],
    ] as const) {
      const multiply = perforatedProduct(j, k);
      let sum = 0;
      for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) sum += multiply(a, b) - a * b;
      expect(sum / 65536).equal(-(255 / 2) * ((2 ** (j + k) - 2 ** j) / 2));
    }
  });
});
