// SPDX-License-Identifier: Apache-2.0
/** What a multiplier returns, row by row of its specification. */
import {expect} from 'chai';
import {bitsToFloat} from '../formats/float.js';
import {multiply} from './functional-model.js';
import {lutFromSignificandProduct} from '../tables/from-product.js';
import {lutMultiplier} from '../tables/lut-multiplier.js';
import {getMultiplier} from '../registry.js';
import {randomFloats} from '../testing/random.js';

const NAMES = ['mbm7', 'mitchell5', 'truncated11', 'bf16', 'tf32', 'fp16', 'mbm1'];
const MAX = bitsToFloat(0x7f7fffff);

/** The float32 value with exponent field `field` and a zero fraction. */
const power = (field: number) => 2 ** (field - 127);

function expectZero(value: number, negative: boolean): void {
  expect(Object.is(value, negative ? -0 : 0), `${value} is ${negative ? '-0' : '+0'}`).equal(true);
}

describe('multiply', () => {
  for (const name of NAMES) {
    const mul = (a: number, b: number) => multiply(getMultiplier(name), a, b);

    describe(name, () => {
      it('is NaN for a NaN operand, whatever its payload', () => {
        for (const u of [0x7fc00000, 0x7f800001, 0x7fffffff, 0xffffffff]) {
          for (const other of [0, 1, -1.5, Infinity, NaN]) {
            expect(mul(bitsToFloat(u), other)).to.be.NaN;
            expect(mul(other, bitsToFloat(u))).to.be.NaN;
          }
        }
      });

      it('is NaN for infinity times zero or a subnormal', () => {
        for (const small of [0, -0, 2 ** -149, -(2 ** -127)]) {
          expect(mul(Infinity, small)).to.be.NaN;
          expect(mul(small, -Infinity)).to.be.NaN;
        }
      });

      it('is infinite, with the sign of both, for another infinite operand', () => {
        for (const other of [1, 1.75, 2 ** -14, Infinity]) {
          expect(mul(Infinity, other)).equal(Infinity);
          expect(mul(-other, Infinity)).equal(-Infinity);
          expect(mul(-Infinity, -other)).equal(Infinity);
        }
      });

      it('is a signed zero for a zero or subnormal operand', () => {
        for (const small of [0, 2 ** -149, bitsToFloat(0x007fffff)]) {
          for (const other of [1, 1.999, 3e4, 0]) {
            expectZero(mul(small, other), false);
            expectZero(mul(-other, small), true);
            expectZero(mul(-small, -other), false);
          }
        }
      });
    });
  }

  for (const name of NAMES.filter(name => name !== 'fp16')) {
    const mul = (a: number, b: number) => multiply(getMultiplier(name), a, b);

    describe(`${name}, near the ends of the range`, () => {
      it('flushes where Ea + Eb - 127 <= 0, whatever the carry', () => {
        for (const field of [1, 30, 63, 100, 126]) {
          // 1.75 * 1.75 carries in every multiplier here.
          expectZero(mul(1.75 * power(field), 1.75 * power(127 - field)), false);
          expectZero(mul(-1.75 * power(field), 1.75 * power(127 - field)), true);
          const product = mul(1.75, 1.75);
          expect(product).to.be.at.least(2);
          expect(mul(1.75 * power(field), 1.75 * power(128 - field))).equal(product * 2 ** -126);
        }
      });

      it('overflows to infinity where the magnitude is 2^128 or more', () => {
        const product = mul(1.75, 1.75);
        expect(mul(1.75 * power(253), 1.75 * power(127))).equal(product * 2 ** 126);
        expect(mul(1.75 * power(254), 1.75 * power(127))).equal(Infinity);
        expect(mul(-1.75 * power(254), 1.75 * power(254))).equal(-Infinity);
        const small = mul(1, 1);
        const atTop = small < 2 ? small * 2 ** 127 : Infinity;
        expect(mul(power(254), power(127))).equal(atTop);
        expect(mul(power(254), power(128))).equal(Infinity);
      });
    });
  }

  it('rounds operands before anything else', () => {
    const bf16 = getMultiplier('bf16');
    expect(multiply(bf16, MAX, 0.5)).equal(Infinity);
    expect(multiply(bf16, MAX, 0)).to.be.NaN;
    expect(multiply(getMultiplier('truncated7'), MAX, 0.5)).equal((2 - 2 ** -7) * 2 ** 126);
    expect(multiply(getMultiplier('fp16'), 65520, 1)).equal(Infinity);
    expect(multiply(getMultiplier('fp16'), 65519, 2)).equal(2 * 65504);
    // An fp16 subnormal, kept; and half of the smallest one, a tie to zero.
    expect(multiply(getMultiplier('fp16'), 2 ** -24, 3)).equal(3 * 2 ** -24);
    expectZero(multiply(getMultiplier('fp16'), 2 ** -25, 3), false);
  });

  it('is the truncated product of truncated operands for truncated7, computed in doubles', () => {
    const truncate = (x: number) => {
      const quantum = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 7);
      return Math.trunc(x / quantum) * quantum;
    };
    const xs = randomFloats(20_000, 7, 5);
    const multiplier = getMultiplier('truncated7');
    for (let k = 0; k + 1 < xs.length; k += 2) {
      const [a, b] = [xs[k], xs[k + 1]];
      const exact = truncate(a) * truncate(b);
      if (Math.abs(exact) < 2 ** -125 || Math.abs(exact) >= 2 ** 127) continue;
      expect(multiply(multiplier, a, b), `${a} * ${b}`).equal(truncate(exact));
    }
  });

  for (const name of ['bf16', 'tf32', 'fp16']) {
    it(`is the native product of rounded operands for ${name}`, () => {
      const multiplier = getMultiplier(name);
      const m = multiplier.format.fractionBits;
      const n = 2 ** m;
      // Values that are in the format already, in a range all formats have.
      const xs = randomFloats(4000, m).map(x => {
        const significand = Math.abs(x) / 2 ** Math.floor(Math.log2(Math.abs(x)));
        return (Math.sign(x) * Math.floor(significand * n)) / n;
      });
      for (let k = 0; k + 1 < xs.length; k++) {
        const [a, b] = [xs[k] * 2 ** -7, xs[k + 1] * 2 ** 9];
        expect(multiply(multiplier, a, b)).equal(Math.fround(a * b));
      }
    });
  }

  it('is the native float32 product for fp32, subnormals and all', () => {
    const fp32 = getMultiplier('fp32');
    const product = new Float32Array(1);
    const xs = randomFloats(4000, 22);
    for (let k = 0; k + 1 < xs.length; k++) {
      product[0] = xs[k] * xs[k + 1];
      expect(multiply(fp32, xs[k], xs[k + 1])).equal(product[0]);
    }
    expect(multiply(fp32, 2 ** -100, 2 ** -40)).equal(2 ** -140);
    expect(multiply(fp32, 2 ** -149, 4)).equal(2 ** -147);
    expect(multiply(fp32, Infinity, 0)).to.be.NaN;
  });

  it('keeps the order of operands', () => {
    const skewed = lutFromSignificandProduct((i, j) => 1 + (i + 2 * j) / 16, {
      name: 'skewed',
      mantissaBits: 2,
    });
    const multiplier = lutMultiplier(skewed);
    expect(multiply(multiplier, 1.25, 1.75)).equal(1 + 7 / 16);
    expect(multiply(multiplier, 1.75, 1.25)).equal(1 + 5 / 16);
  });

  describe('with products below 1', () => {
    const half = lutMultiplier(
      lutFromSignificandProduct((i, j) => (i === 0 && j === 0 ? 0 : 0.5), {
        name: 'half',
        mantissaBits: 1,
      }),
    );

    it('multiplies scale(a) * scale(b), then L', () => {
      expect(multiply(half, -1.5, 4)).equal(-2);
      expectZero(multiply(half, -1, 1), true);
    });

    it('over- and underflows in that order', () => {
      // 2^128 is infinite before it is halved; 2^-127 is not flushed.
      expect(multiply(half, 1.5 * 2 ** 64, 2 ** 64)).equal(Infinity);
      expect(multiply(half, 1.5 * 2 ** -63, 2 ** -63)).equal(2 ** -127);
      expectZero(multiply(half, 1.5 * 2 ** -100, 2 ** -100), false);
    });

    it('keeps NaN, and makes infinity times L = 0 one', () => {
      expect(multiply(half, NaN, 1.5)).to.be.NaN;
      expect(multiply(half, Infinity, 1.5)).equal(Infinity);
      expect(multiply(half, Infinity, 1)).to.be.NaN;
    });
  });
});
