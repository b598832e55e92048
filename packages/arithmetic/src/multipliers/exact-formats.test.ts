// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {MultiplierError} from '../errors.js';
import {multiply} from './functional-model.js';
import {getMultiplier} from '../registry.js';
import {expectProducts} from '../testing/expect-products.js';

describe('exact formats', () => {
  for (const [name, m] of [
    ['bf16', 7],
    ['tf32', 10],
    ['fp16', 10],
    ['fp8e5m2', 2],
    ['fp8e4m3', 3],
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

  it('fp8e4m3 saturates at 448 and fp8e5m2 overflows to infinity', () => {
    // OCP 8-bit floating point specification, table 1: largest and smallest values.
    const e4m3 = (x: number) => multiply(getMultiplier('fp8e4m3'), x, 1);
    const e5m2 = (x: number) => multiply(getMultiplier('fp8e5m2'), x, 1);
    expect([448, 464, 465, 1e9, Infinity].map(e4m3)).deep.equal([448, 448, 448, 448, 448]);
    expect([2 ** -6, 2 ** -9, 2 ** -10, 1.01 * 2 ** -10].map(e4m3)).deep.equal([
      2 ** -6,
      2 ** -9,
      0,
      2 ** -9,
    ]);
    expect([57344, 61439, 61440, -1e9].map(e5m2)).deep.equal([57344, 57344, Infinity, -Infinity]);
    expect([2 ** -14, 2 ** -16, 2 ** -17].map(e5m2)).deep.equal([2 ** -14, 2 ** -16, 0]);
    // Products stay exact float32 values: they are not rounded to the format.
    expect(multiply(getMultiplier('fp8e4m3'), 448, -448)).equal(-200704);
  });

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
