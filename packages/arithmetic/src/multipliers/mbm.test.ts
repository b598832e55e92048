// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {expect} from 'chai';
import {encodeApproxTrain} from '../tables/approxtrain.js';
import {getMultiplier} from '../registry.js';
import {expectFigure} from '../testing/expect-figure.js';
import {WIDTHS, expectProducts} from '../testing/expect-products.js';
import {cornerErrors, spreadErrors} from '../testing/integer-errors.js';
import {integerProductOf} from './integer.js';
import {mbmProduct} from './mbm.js';

/** Real arithmetic on fractions; `cut` keeps m fraction bits. */
function definition(m: number): (x: number, y: number) => number {
  const cut = (value: number) => Math.floor(value * 2 ** m) / 2 ** m;
  const setLowestBit = (x: number) => 2 * Math.floor((x * 2 ** m) / 2) * 2 ** -m + 2 ** -m;
  const c = 2 ** -4 + 2 ** -6;
  return (x, y) => {
    const sum = setLowestBit(x) + setLowestBit(y);
    if (sum >= 1) {
      const uncorrected = 2 * sum;
      const corrected = uncorrected + 2 * cut(c / 2);
      return corrected >= 4 ? uncorrected : corrected;
    }
    const corrected = 1 + sum + cut(c);
    // Beyond 2 the product has one fraction bit less.
    return corrected >= 2 ? 2 * cut(corrected / 2) : corrected;
  };
}

describe('mbmM is Mitchell with set-LSB truncation and a bias constant', () => {
  for (const m of WIDTHS) {
    it(`mbm${m}, all pairs`, () => expectProducts(`mbm${m}`, definition(m)));
  }

  it('mbm7 has the bytes ApproxTrain publishes', () => {
    const bytes = encodeApproxTrain(getMultiplier('mbm7').lut(), 'approxtrain-u8');
    expect(createHash('sha256').update(bytes).digest('hex')).equal(
      'dc2c5c50eb820657f593fde6927a18fbb591582e5e050d8cb727895f9a350d7a',
    );
  });

  // Saadat 2018. Setting the lowest of 15 fraction bits moves them by less than a digit.
  it('has the published errors of 16-bit operands', () => {
    const {mean, meanAbsolute} = spreadErrors(integerProductOf(mbmProduct(15), 16), 16);
    expectFigure(mean, '-.09');
    expectFigure(meanAbsolute, '2.58');
    const {min, max} = cornerErrors(mbmProduct(15), 15);
    expectFigure(Math.max(-min, max), '7.81');
  });
});
