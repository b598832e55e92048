// SPDX-License-Identifier: Apache-2.0
import {expectFigure} from '../testing/expect-figure.js';
import {WIDTHS, expectProducts} from '../testing/expect-products.js';
import {cornerErrors, spreadErrors} from '../testing/integer-errors.js';
import {integerProductOf} from './integer.js';
import {robaProduct} from './roba.js';

/** The power of two at the smallest distance, the larger of two. */
function nearestPower(value: number): number {
  return [1, 2].reduce((p, q) => (Math.abs(value - q) <= Math.abs(value - p) ? q : p));
}

describe('robaM is the product without that of the distances to powers of two', () => {
  for (const m of WIDTHS) {
    it(`roba${m}, all pairs`, () => {
      expectProducts(`roba${m}`, (x, y) => {
        const [a, b] = [1 + x, 1 + y];
        return a * b - (a - nearestPower(a)) * (b - nearestPower(b));
      });
    });
  }

  it('has the published errors of 16-bit operands', () => {
    expectFigure(spreadErrors(integerProductOf(robaProduct(15), 16), 16).meanAbsolute, '2.89');
    const {min, max} = cornerErrors(robaProduct(15), 15);
    expectFigure(-min, '11.1');
    expectFigure(max, '11.1');
  });
});
