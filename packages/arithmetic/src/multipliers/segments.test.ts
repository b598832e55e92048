// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {significandProducts} from '../tables/lut.js';
import {getMultiplier} from '../registry.js';
import {expectFigure} from '../testing/expect-figure.js';
import {expectProducts} from '../testing/expect-products.js';
import {spreadErrors} from '../testing/integer-errors.js';
import {randomSource} from '../testing/random.js';
import type {IntegerProduct} from './integer.js';
import {dsmProduct, essmProduct, ssmProduct} from './segments.js';

describe('dsmK-M, ssmK-M and essmK-M keep the K highest bits of a significand', () => {
  for (const [m, k] of [
    [3, 2],
    [7, 4],
    [7, 7],
    [9, 6],
  ] as const) {
    it(`K = ${k}, M = ${m}, all pairs`, () => {
      // Of 1 + x, k - 1 bits behind the point.
      const cut = (x: number) => Math.floor((1 + x) * 2 ** (k - 1)) / 2 ** (k - 1);
      for (const family of ['dsm', 'ssm', 'essm']) {
        expectProducts(`${family}${k}-${m}`, (x, y) => cut(x) * cut(y));
      }
    });
  }

  it('are one and the same there', () => {
    const [dsm, ssm, essm] = ['dsm5-7', 'ssm5-7', 'essm5-7'].map(name =>
      significandProducts(getMultiplier(name).lut()),
    );
    expect(ssm).deep.equal(dsm);
    expect(essm).deep.equal(dsm);
  });
});

describe('segments of 16-bit operands', () => {
  /** The bits of a, as text, from position `low` on, k of them; the others zero. */
  const keep = (a: number, low: number, k: number) => {
    const bits = a.toString(2).padStart(16, '0');
    const end = 16 - low;
    return parseInt(bits.slice(end - k, end).padEnd(end - (end - k) + low, '0'), 2);
  };
  const leading = (a: number) => a.toString(2).length - 1;
  const k = 8;
  const segments: Readonly<Record<string, readonly [IntegerProduct, (a: number) => number]>> = {
    DSM: [dsmProduct(k, 16), a => Math.max(0, leading(a) - k + 1)],
    SSM: [ssmProduct(k, 16), a => (leading(a) < 8 ? 0 : 8)],
    ESSM: [essmProduct(k, 16), a => (leading(a) < 8 ? 0 : leading(a) < 12 ? 4 : 8)],
  };
  for (const [name, [multiply, position]] of Object.entries(segments)) {
    it(`${name}: bits from the right position on`, () => {
      const random = randomSource(4);
      const operand = () => Math.floor(2 ** (16 * random()));
      for (let trial = 0; trial < 1e4; trial++) {
        const [a, b] = [operand(), operand()];
        const expected = keep(a, position(a), k) * keep(b, position(b), k);
        expect(multiply(a, b), `${a} x ${b}`).equal(expected);
      }
    });
  }

  // Narayanamoorthy 2015: mean accuracy in percent, 100 less the mean absolute error.
  for (const [name, multiply, accuracy] of [
    ['DSM-6', dsmProduct(6, 16), '97.8'],
    ['SSM-8', ssmProduct(8, 16), '98.0'],
    ['SSM-10', ssmProduct(10, 16), '99.6'],
  ] as const) {
    it(`${name} has the published accuracy`, () => {
      expectFigure(100 - spreadErrors(multiply, 16).meanAbsolute, accuracy);
    });
  }

  // Every product is low, by two independent factors: their means over all 2^16 operands suffice.
  const exactAccuracy = (position: (a: number) => number, bits: number) => {
    let sum = 0;
    for (let a = 1; a < 2 ** 16; a++) sum += keep(a, position(a), bits) / a;
    return 100 * (sum / (2 ** 16 - 1)) ** 2;
  };

  it('DSM-8 is 0.23 less accurate than published: 99.47, not 99.7', () => {
    const exact = exactAccuracy(segments.DSM[1], 8);
    expect(100 - spreadErrors(dsmProduct(8, 16), 16).meanAbsolute).closeTo(exact, 0.002);
    expect(exact - 99.7).closeTo(-0.23, 0.005);
    // In closed form: 2^-8 dropped on average of a significand uniform in [1, 2).
    expect(exact).closeTo(100 * (1 - 2 ** -8 * Math.LN2) ** 2, 0.02);
  });

  it('ESSM-8 is 0.14 less accurate than published: 98.86, not 99.0', () => {
    const exact = exactAccuracy(segments.ESSM[1], 8);
    expect(100 - spreadErrors(essmProduct(8, 16), 16).meanAbsolute).closeTo(exact, 0.002);
    expect(exact - 99).closeTo(-0.135, 0.005);
    // Nearly all of it from 2^12 on, where 255 / 2 of a is dropped on average.
    expect(exact).closeTo(100 * (1 - (127.5 / 2 ** 16) * Math.log(16)) ** 2, 0.06);
  });
});
