// SPDX-License-Identifier: Apache-2.0
import {errorMetrics} from '../analysis/error-metrics.js';
import {bitsToFloat, floatToBits} from '../float.js';
import {expectFigure} from '../testing/expect-figure.js';
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

  it('pam7 has the known errors (Kosson & Jaggi 2023, recomputed)', () => {
    const {mean, meanAbsolute, min, max} = errorMetrics('pam7');
    expectFigure(meanAbsolute, '2.57');
    expectFigure(mean, '-.10');
    expectFigure(min, '-7.73');
    expectFigure(max, '5.52');
  });
});
