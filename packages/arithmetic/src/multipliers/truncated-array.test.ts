// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {expectProducts} from '../testing/expect-products.js';
import {correctionConstant, truncatedArrayProduct} from './truncated-array.js';

/** The sum of the partial products, bit by bit, of the columns that `keep` names. */
function columns(a: number, b: number, width: number, keep: (column: number) => boolean): number {
  let sum = 0;
  for (let p = 0; p < width; p++) {
    for (let q = 0; q < width; q++) {
      if (keep(p + q)) sum += ((a >> p) & 1) * ((b >> q) & 1) * 2 ** (p + q);
    }
  }
  return sum;
}

/** The mean over all pairs of operands of what the columns below k hold. */
function meanDropped(k: number, width: number): number {
  let sum = 0;
  for (let a = 0; a < 2 ** width; a++) {
    for (let b = 0; b < 2 ** width; b++) sum += columns(a, b, width, column => column < k);
  }
  return sum / 4 ** width;
}

describe('truncated-arrayK-M leaves out columns of partial products', () => {
  for (const m of [1, 3, 6, 7]) {
    for (const k of [1, 2, 4, 8].filter(count => count <= m + 1)) {
      const n = 2 ** m;
      const array = (x: number, y: number) =>
        columns(n * (1 + x), n * (1 + y), m + 1, column => column >= k) / (n * n);

      it(`truncated-array${k}-${m}, all pairs`, () => {
        expectProducts(`truncated-array${k}-${m}`, array);
      });

      it(`truncated-array-constant${k}-${m}: with a constant, all pairs`, () => {
        const constant = correctionConstant(k, m + 1) / (n * n);
        expectProducts(`truncated-array-constant${k}-${m}`, (x, y) => array(x, y) + constant);
      });
    }
  }

  for (const width of [2, 4, 5]) {
    it(`the mean error of ${width}-bit integers is the mean of what is dropped`, () => {
      for (let k = 1; k <= width + 2; k++) {
        const dropped = meanDropped(k, width);
        const constant = correctionConstant(k, width);
        // Nearest multiple of 2^k; here halves go up.
        expect(constant, `k = ${k}`).equal(Math.floor(dropped / 2 ** k + 0.5) * 2 ** k);
        for (const added of [0, constant]) {
          const multiply = truncatedArrayProduct(k, added);
          let sum = 0;
          for (let a = 0; a < 2 ** width; a++) {
            for (let b = 0; b < 2 ** width; b++) sum += multiply(a, b) - a * b;
          }
          expect(sum / 4 ** width, `k = ${k}`).closeTo(added - dropped, 1e-9);
        }
      }
    });
  }
});
