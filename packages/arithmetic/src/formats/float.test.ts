// SPDX-License-Identifier: Apache-2.0
/** Rounding of operands, against definitions that share nothing with the bit manipulation. */
import {expect} from 'chai';
import {
  BF16,
  E4M3,
  E5M2,
  FLOAT32,
  FP16,
  TF32,
  bitsToFloat,
  floatToBits,
  fullRangeFormat,
  largestFinite,
  minExponent,
  roundOperand,
} from './float.js';
import type {FloatFormat, OperandRounding} from './float-format.js';
import {randomFloats} from '../testing/random.js';

const ROUNDINGS: OperandRounding[] = ['truncate', 'nearestEven'];

/** By float32 arithmetic: adding 1.5 * 2^(23 - m) leaves m <= 21 fraction bits of 1 <= |y| < 2. */
function nearestByAddition(x: number, m: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const y = x / 2 ** exponent;
  const shifter = 1.5 * 2 ** (23 - m);
  return Math.fround(Math.fround(Math.fround(y + shifter) - shifter) * 2 ** exponent);
}

/** Rounds towards zero by real arithmetic. */
function truncatedByDivision(x: number, m: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  return Math.trunc((x / 2 ** exponent) * 2 ** m) * 2 ** (exponent - m);
}

/** Non-negative values of a small format in order of their code, decoded from the definition. */
function enumerate(exponentBits: number, fractionBits: number, codes: number): number[] {
  const bias = 2 ** (exponentBits - 1) - 1;
  const n = 2 ** fractionBits;
  return Array.from({length: codes}, (_, code) => {
    const field = Math.floor(code / n);
    const fraction = (code % n) / n;
    return field === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (field - bias);
  });
}

const SMALL_FORMATS: Array<{name: string; format: FloatFormat; values: number[]; top: number}> = [
  // Codes below the infinity's, then the value the infinity's code would have.
  {name: 'fp16', format: FP16, values: enumerate(5, 10, 0x7c00 + 1), top: Infinity},
  {name: 'e5m2', format: E5M2, values: enumerate(5, 2, 0x7c + 1), top: Infinity},
  // 0x7f is NaN, so 0x7e (448) is the last one.
  {name: 'e4m3', format: E4M3, values: enumerate(4, 3, 0x7f), top: 448},
];

describe('roundOperand', () => {
  for (const format of [BF16, TF32, fullRangeFormat(1), fullRangeFormat(11), fullRangeFormat(20)]) {
    const m = format.fractionBits;
    it(`rounds normal values to ${m} fraction bits, ties to even, as float32 addition does`, () => {
      for (const x of randomFloats(20_000, m)) {
        expect(roundOperand(x, format, 'nearestEven'), String(x)).equal(nearestByAddition(x, m));
      }
    });

    it(`drops the bits beyond ${m} when it truncates`, () => {
      for (const x of randomFloats(20_000, m)) {
        expect(roundOperand(x, format, 'truncate'), String(x)).equal(truncatedByDivision(x, m));
      }
    });
  }

  it('takes ties to the even neighbour', () => {
    expect(roundOperand(1 + 2 ** -8, BF16, 'nearestEven')).equal(1);
    expect(roundOperand(1 + 3 * 2 ** -8, BF16, 'nearestEven')).equal(1 + 2 ** -6);
    expect(roundOperand(1 + 2 ** -8 + 2 ** -23, BF16, 'nearestEven')).equal(1 + 2 ** -7);
  });

  it('carries into the exponent and to infinity', () => {
    expect(roundOperand(bitsToFloat(0x3fffffff), BF16, 'nearestEven')).equal(2);
    expect(roundOperand(bitsToFloat(0x7f7fffff), BF16, 'nearestEven')).equal(Infinity);
    expect(roundOperand(bitsToFloat(0xff7fffff), BF16, 'nearestEven')).equal(-Infinity);
    expect(roundOperand(bitsToFloat(0x7f7fffff), BF16, 'truncate')).equal(largestFinite(BF16));
  });

  for (const rounding of ROUNDINGS) {
    it(`passes NaN and infinities of full-range formats (${rounding})`, () => {
      expect(roundOperand(NaN, BF16, rounding)).to.be.NaN;
      expect(roundOperand(bitsToFloat(0x7fffffff), BF16, rounding)).to.be.NaN;
      expect(roundOperand(bitsToFloat(0x7f800001), BF16, rounding)).to.be.NaN;
      expect(roundOperand(Infinity, BF16, rounding)).equal(Infinity);
      expect(roundOperand(-Infinity, BF16, rounding)).equal(-Infinity);
    });

    it(`makes E = 0 a zero of the same sign before it rounds (${rounding})`, () => {
      // The largest subnormal would round up to the smallest normal.
      for (const u of [0, 1, 0x007fffff]) {
        expect(Object.is(roundOperand(bitsToFloat(u), BF16, rounding), 0)).equal(true);
        expect(Object.is(roundOperand(bitsToFloat(u + 0x80000000), BF16, rounding), -0)).equal(
          true,
        );
      }
      expect(roundOperand(2 ** -126, BF16, rounding)).equal(2 ** -126);
    });

    it(`leaves every float32 alone in the float32 format (${rounding})`, () => {
      for (const x of [0, -0, 2 ** -149, 2 ** -126, Math.PI, Infinity, ...randomFloats(1000, 22)]) {
        const y = Math.fround(x);
        expect(Object.is(roundOperand(y, FLOAT32, rounding), y), String(x)).equal(true);
      }
    });
  }

  for (const {name, format, values, top} of SMALL_FORMATS) {
    const last = values.length - 1;
    const value = (code: number) => (code >= last ? top : values[code]);

    it(`leaves every value of ${name} alone`, () => {
      for (let code = 0; code <= last; code++) {
        for (const rounding of ROUNDINGS) {
          expect(roundOperand(values[code], format, rounding)).equal(value(code));
          expect(roundOperand(-values[code], format, rounding)).equal(-value(code));
        }
      }
    });

    it(`rounds what lies between two values of ${name}, ties to the even code`, () => {
      for (let code = 0; code < last; code++) {
        const [low, high] = [values[code], values[code + 1]];
        const middle = (low + high) / 2;
        const step = (high - low) / 8;
        for (const [x, nearest] of [
          [middle - step, code],
          [middle, code % 2 === 0 ? code : code + 1],
          [middle + step, code + 1],
        ] as const) {
          expect(roundOperand(x, format, 'nearestEven'), String(x)).equal(value(nearest));
          expect(roundOperand(-x, format, 'nearestEven'), String(-x)).equal(-value(nearest));
          expect(roundOperand(x, format, 'truncate'), String(x)).equal(value(code));
        }
      }
    });

    it(`keeps NaN, the sign of zero and what float32 has below ${name}`, () => {
      for (const rounding of ROUNDINGS) {
        expect(roundOperand(NaN, format, rounding)).to.be.NaN;
        for (const tiny of [-0, -(2 ** -149), -(2 ** -126)]) {
          expect(Object.is(roundOperand(tiny, format, rounding), -0)).equal(true);
        }
      }
    });
  }

  it('makes fp16 infinite from 65520 on, and e5m2 from 61440 on', () => {
    const below = (x: number) => bitsToFloat(floatToBits(x) - 1);
    expect(roundOperand(below(65520), FP16, 'nearestEven')).equal(65504);
    expect(roundOperand(65520, FP16, 'nearestEven')).equal(Infinity);
    expect(roundOperand(-65520, FP16, 'nearestEven')).equal(-Infinity);
    expect(roundOperand(below(65536), FP16, 'truncate')).equal(65504);
    expect(roundOperand(65536, FP16, 'truncate')).equal(Infinity);
    expect(roundOperand(below(61440), E5M2, 'nearestEven')).equal(57344);
    expect(roundOperand(61440, E5M2, 'nearestEven')).equal(Infinity);
  });

  it('saturates e4m3 at 448, infinities included, as the format has none', () => {
    for (const x of [449, 464, 480, 1e30, Infinity]) {
      for (const rounding of ROUNDINGS) {
        expect(roundOperand(x, E4M3, rounding)).equal(448);
        expect(roundOperand(-x, E4M3, rounding)).equal(-448);
      }
    }
  });

  it('flushes before rounding in a small format without subnormals', () => {
    const format: FloatFormat = {...FP16, subnormals: false};
    expect(minExponent(format)).equal(-14);
    expect(roundOperand(2 ** -14, format, 'nearestEven')).equal(2 ** -14);
    expect(roundOperand(bitsToFloat(floatToBits(2 ** -14) - 1), format, 'nearestEven')).equal(0);
  });
});
