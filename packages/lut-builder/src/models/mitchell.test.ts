// SPDX-License-Identifier: Apache-2.0
import {WIDTHS, expectProducts} from '../testing/expect-products.js';

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
});
