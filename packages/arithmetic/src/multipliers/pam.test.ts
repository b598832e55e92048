// SPDX-License-Identifier: Apache-2.0
import {bitsToFloat, floatToBits} from '../formats/float.js';
import {WIDTHS, expectProducts} from '../testing/expect-products.js';

const ONE = 0x3f800000;
const affine = (a: number, b: number) => bitsToFloat(floatToBits(a) + floatToBits(b) - ONE);
/** 1.0552 on the grid of significand products, 2^-22. */
const BIAS = Math.round(1.0552 * 2 ** 22) / 2 ** 22;

describe('pamM adds bit patterns: of the operands, and of the bias constant', () => {
  for (const m of WIDTHS) {
    it(`pam${m}, all pairs`, () => {
      expectProducts(`pam${m}`, (x, y) => {
        const product = affine(1 + x, 1 + y);
        const unbiased = affine(product, BIAS);
        return unbiased < 4 ? unbiased : product;
      });
    });
  }
});
