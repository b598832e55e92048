// SPDX-License-Identifier: Apache-2.0
import {expectFigure} from '../testing/expect-figure.js';
import {WIDTHS, expectProducts} from '../testing/expect-products.js';
import {cornerErrors, spreadErrors} from '../testing/integer-errors.js';
import {integerProductOf} from './integer.js';
import {mitchellProduct} from './mitchell.js';

/** log2(2^k (1 + x)) is taken for k + x. */
const approximateLog = (value: number) => value - 1;
const approximateAntilog = (logarithm: number) => {
  const k = Math.floor(logarithm);
  return 2 ** k * (1 + logarithm - k);
};

describe('mitchellM is the approximate antilogarithm of the sum of approximate logarithms', () => {
  for (const m of WIDTHS) {
    it(`mitchell${m}, all pairs`, () => {
      expectProducts(`mitchell${m}`, (x, y) =>
        approximateAntilog(approximateLog(1 + x) + approximateLog(1 + y)),
      );
    });
  }

  it('has the published errors of 16-bit operands', () => {
    expectFigure(spreadErrors(integerProductOf(mitchellProduct(15), 16), 16).mean, '-3.85');
    const {min, max} = cornerErrors(mitchellProduct(15), 15);
    expectFigure(min, '-11.11');
    expectFigure(max, '0.00');
  });
});
