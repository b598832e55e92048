// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {expectFigure} from '../testing/expect-figure.js';
import {expectProducts} from '../testing/expect-products.js';
import {exhaustiveErrors} from '../testing/integer-errors.js';
import {babicProduct} from './babic.js';

/** What is left of a when its `count` highest ones are taken away. */
function residual(a: number, count: number): number {
  let left = count;
  return parseInt(
    a.toString(2).replace(/1/g, one => (left-- > 0 ? '0' : one)),
    2,
  );
}

describe('babicN-M lacks the product of what N + 1 leading ones leave', () => {
  for (const m of [1, 4, 7, 9]) {
    for (const corrections of [0, 1, 2, 3]) {
      it(`babic${corrections}-${m}, all pairs`, () => {
        const n = 2 ** m;
        expectProducts(`babic${corrections}-${m}`, (x, y) => {
          const [a, b] = [n * (1 + x), n * (1 + y)];
          return (a * b - residual(a, corrections + 1) * residual(b, corrections + 1)) / (n * n);
        });
      });
    }
  }

  // Babic 2011: 8-bit operands. The limits hold for every width, and are not reached.
  for (const [corrections, meanAbsolute, peak, limit] of [
    [0, '8.913', '24.80', 25],
    [1, '.834', '6.10', 6.25],
    [2, '.071', '1.48', 1.5625],
    [3, '.005', '.35', 0.390625],
  ] as const) {
    it(`with ${corrections} corrections it has the published errors`, () => {
      const errors = exhaustiveErrors(babicProduct(corrections), 8);
      expectFigure(errors.meanAbsolute, meanAbsolute);
      expectFigure(-errors.min, peak);
      expect(-errors.min).lessThan(limit);
      expect(errors.max).equal(0);
    });
  }
});
