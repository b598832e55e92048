// SPDX-License-Identifier: Apache-2.0
import {expectFigure} from '../testing/expect-figure.js';
import {expectProducts} from '../testing/expect-products.js';
import {exhaustiveErrors} from '../testing/integer-errors.js';
import {kulkarniProduct} from './kulkarni.js';

/** Four blocks of half the width, their products added exactly, down to the block of 2 x 2 bits. */
function block(a: number, b: number, width: number): number {
  if (width === 2) return a === 3 && b === 3 ? 7 : a * b;
  const half = width / 2;
  const [a1, a0, b1, b0] = [a >> half, a & (2 ** half - 1), b >> half, b & (2 ** half - 1)];
  const middle = block(a1, b0, half) + block(a0, b1, half);
  return block(a1, b1, half) * 2 ** width + middle * 2 ** half + block(a0, b0, half);
}

describe('kulkarniM is built from blocks in which 3 x 3 is 7', () => {
  for (const m of [1, 2, 3, 5, 7, 8]) {
    it(`kulkarni${m}, all pairs`, () => {
      const n = 2 ** m;
      const width = 2 ** Math.ceil(Math.log2(m + 1));
      expectProducts(`kulkarni${m}`, (x, y) => block(n * (1 + x), n * (1 + y), width) / (n * n));
    });
  }

  // Kulkarni 2011: over all pairs, zeros included.
  for (const [width, meanAbsolute, errorRate] of [
    [2, '1.39', '.0625'],
    [4, '2.60', '.19'],
    [8, '3.25', '.46'],
  ] as const) {
    it(`of ${width} bits has the published errors`, () => {
      const errors = exhaustiveErrors(kulkarniProduct, width, 0);
      expectFigure(errors.meanAbsolute, meanAbsolute);
      expectFigure(errors.errorRate, errorRate);
      expectFigure(-errors.min, '22.22');
    });
  }

  // Recomputed without zeros.
  for (const [width, meanAbsolute] of [
    [2, '2.47'],
    [4, '2.97'],
    [8, '3.28'],
  ] as const) {
    it(`of ${width} bits, pairs without zeros`, () => {
      expectFigure(exhaustiveErrors(kulkarniProduct, width).meanAbsolute, meanAbsolute);
    });
  }
});
