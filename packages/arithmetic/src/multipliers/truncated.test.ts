// SPDX-License-Identifier: Apache-2.0
import {WIDTHS, expectProducts} from '../testing/expect-products.js';

describe('truncatedM is the exact product, floored to m fraction bits of its own binade', () => {
  for (const m of WIDTHS) {
    it(`truncated${m}, all pairs`, () => {
      expectProducts(`truncated${m}`, (x, y) => {
        const product = (1 + x) * (1 + y);
        const quantum = product < 2 ? 2 ** -m : 2 ** (1 - m);
        return Math.floor(product / quantum) * quantum;
      });
    });
  }
});
