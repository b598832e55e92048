// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {expectFigure} from '../testing/expect-figure.js';
import {expectProducts} from '../testing/expect-products.js';
import {cornerErrors, spreadErrors} from '../testing/integer-errors.js';
import {integerProductOf} from './integer.js';
import {correctionConstants, realmProduct} from './realm.js';

const mitchell = (x: number, y: number) => (x + y < 1 ? 1 + x + y : 2 * (x + y));

/** The definition, summed over the middles of a fine grid of squares. */
function constant(cells: number, i: number, j: number): number {
  const steps = 64;
  let relative = 0;
  let reciprocal = 0;
  for (let p = 0; p < steps; p++) {
    for (let q = 0; q < steps; q++) {
      const x = (i + (p + 0.5) / steps) / cells;
      const y = (j + (q + 0.5) / steps) / cells;
      const exact = (1 + x) * (1 + y);
      relative += (exact - mitchell(x, y)) / exact;
      reciprocal += 1 / exact;
    }
  }
  return relative / reciprocal;
}

describe('REALM: the constants of cells', () => {
  for (const cells of [4, 8, 16]) {
    it(`M = ${cells}: cancel the mean relative error, rounded to 1/64`, () => {
      const constants = correctionConstants(cells);
      for (let i = 0; i < cells; i++) {
        for (let j = 0; j < cells; j++) {
          const exact = 64 * constant(cells, i, j);
          const rounded = 64 * constants[i * cells + j];
          expect(rounded, `cell ${i}, ${j}`).equal(Math.round(exact));
          // The sum is good to a thousandth; no cell is as close to a tie.
          expect(Math.abs(Math.abs(exact - rounded) - 0.5)).greaterThan(0.001);
        }
      }
    });
  }

  it('M = 4, in units of 1/64', () => {
    expect([...correctionConstants(4)].map(c => 64 * c)).deep.equal([
      1, 3, 5, 4, 3, 9, 12, 5, 5, 12, 9, 3, 4, 5, 3, 1,
    ]);
  });
});

describe('realmM-m is Mitchell with these constants', () => {
  for (const [cells, m] of [
    [4, 2],
    [4, 7],
    [8, 5],
    [16, 7],
    [16, 10],
    [4, 11],
  ] as const) {
    it(`realm${cells}-${m}, all pairs`, () => {
      const constants = correctionConstants(cells);
      expectProducts(`realm${cells}-${m}`, (x, y) => {
        const uncorrected = mitchell(x, y);
        const corrected =
          uncorrected + constants[Math.floor(x * cells) * cells + Math.floor(y * cells)];
        return corrected < 4 ? corrected : uncorrected;
      });
    });
  }

  it('a constant is left out for REALM-4 with m >= 8 only', () => {
    const members = [4, 8, 16].flatMap(cells =>
      Array.from({length: 11}, (_, i) => ({cells, m: i + 1})).filter(({m}) => cells <= 2 ** m),
    );
    const leavesOut = members.filter(({cells, m}) => {
      // Mitchell's product is largest for the last pair of fractions.
      const constants = correctionConstants(cells);
      const largest = 1 - 2 ** -m;
      return mitchell(largest, largest) + constants.at(-1)! >= 4;
    });
    expect(leavesOut).deep.equal([8, 9, 10, 11].map(m => ({cells: 4, m})));
  });

  // 16-bit operands; Saadat 2020 prints .4 and 2.08 for M = 16, the rest is recomputed.
  for (const [cells, meanAbsolute, peak] of [
    [4, '1.38', '5.71'],
    [8, '.754', '3.70'],
    [16, '.42', '2.08'],
  ] as const) {
    it(`REALM-${cells} has the known errors`, () => {
      const product = realmProduct(15, cells);
      expectFigure(spreadErrors(integerProductOf(product, 16), 16).meanAbsolute, meanAbsolute);
      const {min, max} = cornerErrors(product, 15);
      expectFigure(-min, peak);
      expect(max).lessThan(-min);
    });
  }
});
