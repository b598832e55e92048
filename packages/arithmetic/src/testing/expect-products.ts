// SPDX-License-Identifier: Apache-2.0
/** Compares every entry of a multiplier's table with a published definition. */
import {expect} from 'chai';
import {significandProducts} from '../tables/lut.js';
import {getMultiplier} from '../registry.js';

/** @param definition The significand product of the operands 1 + x and 1 + y, 0 <= x, y < 1. */
export function expectProducts(name: string, definition: (x: number, y: number) => number): void {
  const lut = getMultiplier(name).lut();
  const n = 2 ** lut.mantissaBits;
  const products = significandProducts(lut);
  expect(products.length).equal(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const expected = definition(i / n, j / n);
      const found = products[i * n + j];
      // A call of expect for each of 4 million pairs would take minutes.
      if (found !== expected) expect(found, `${name} at (${i}, ${j})`).equal(expected);
    }
  }
}

export const WIDTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
