// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {MultiplierError} from '../errors.js';
import {getMultiplier} from '../registry.js';
import {expectProducts} from '../testing/expect-products.js';

describe('exact formats', () => {
  for (const [name, m] of [
    ['bf16', 7],
    ['tf32', 10],
    ['fp16', 10],
  ] as const) {
    it(`${name} has ${m} fraction bits, rounds to nearest and multiplies exactly`, () => {
      const multiplier = getMultiplier(name);
      expect(multiplier.format.fractionBits).equal(m);
      expect(multiplier.rounding).equal('nearestEven');
      expect(multiplier.evaluation).equal('native');
      expect(multiplier.exact).equal(false);
      expectProducts(name, (x, y) => 1 + x + y + x * y);
    });
  }

  it('fp32 is exact and has no table', () => {
    const fp32 = getMultiplier('fp32');
    expect(fp32.exact).equal(true);
    expect(() => fp32.lut()).to.throw(MultiplierError, '2^46');
  });

  it('builds a table once', () => {
    const bf16 = getMultiplier('bf16');
    expect(bf16.lut()).equal(bf16.lut());
  });
});
