// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {significandProducts} from '../tables/lut.js';
import {getMultiplier} from '../registry.js';
import {expectProducts} from '../testing/expect-products.js';

describe('oamL-M is linear in each of 4^L cells', () => {
  for (const m of [1, 2, 4, 7, 10]) {
    for (const level of [0, 1, 2, 3].filter(l => l < m)) {
      it(`oam${level}-${m}: the plane through the middle of the cell, all pairs`, () => {
        const middle = (x: number) => (Math.trunc(x * 2 ** level) + 0.5) * 2 ** -level;
        expectProducts(`oam${level}-${m}`, (x, y) => {
          const [c, d] = [middle(x), middle(y)];
          return 1 - c * d + (1 + d) * x + (1 + c) * y;
        });
      });
    }
  }

  it('is the least-squares plane of each cell, and unbiased, over real fractions', () => {
    // What is left, (x - c)(y - d), has no component along 1, x or y: over a symmetric cell the
    // sums with each of them vanish. A table's fractions lie half a unit below the middle, so that
    // they are moved by it here.
    const products = significandProducts(getMultiplier('oam2-7').lut());
    const cell = 32;
    const plane = (i: number, j: number) => products[i * 128 + j];
    for (const [i0, j0] of [
      [0, 0],
      [32, 96],
    ] as const) {
      const along = (plane(i0 + 31, j0) - plane(i0, j0)) / 31;
      const across = (plane(i0, j0 + 31) - plane(i0, j0)) / 31;
      const rest = [0, 0, 0];
      for (let p = 0; p < cell; p++) {
        for (let q = 0; q < cell; q++) {
          const [i, j] = [i0 + p + 0.5, j0 + q + 0.5];
          const value = plane(i0, j0) + along * (p + 0.5) + across * (q + 0.5);
          const left = (1 + i / 128) * (1 + j / 128) - value;
          [1, p, q].forEach((basis, b) => (rest[b] += left * basis));
        }
      }
      for (const sum of rest) expect(sum).closeTo(0, 1e-9);
    }
  });
});
