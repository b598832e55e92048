// SPDX-License-Identifier: Apache-2.0
/** The oracle's products against hand-worked values, published figures and a published table. */
import {createHash} from 'node:crypto';
import {expect} from 'chai';
import {expectSameBits} from '#src/testing/compare.js';
import {testMultiplier} from './oracle-multipliers.js';
import {familyEntry, mul, oracleProduct, roundTo, tableProduct} from './oracle-product.js';
import {randomFloats} from '#src/testing/random.js';

/** 2^e as a float32. */
const p2 = (e: number): number => Math.fround(2 ** e);

describe('the oracle for one product', () => {
  it('computes mbm7 as worked by hand', () => {
    // 1 * 1: i = j = 1, s = 2, no carry, t = 2 + 10.
    expect(mul(oracleProduct('mbm7'), 1, 1)).to.equal(1 + 12 / 128);
    // 1.9921875 squared: s = 254, carry, f = 126, 126 + 5 overflows: t = f.
    expect(mul(oracleProduct('mbm7'), 1 + 127 / 128, -(1 + 127 / 128))).to.equal(
      -2 * (1 + 126 / 128),
    );
    // i = 63, j = 61: s = 124, t = 134 overflows without a carry: carry = 1, (134 - 128) >> 1.
    expect(mul(oracleProduct('mbm7'), 1 + 62 / 128, 1 + 60 / 128)).to.equal(2 * (1 + 3 / 128));
    // The exponents add: 8 * 0.25 is 2 times the product of 1 and 1.
    expect(mul(oracleProduct('mbm7'), 8, -0.25)).to.equal(-2 * (1 + 12 / 128));
    // The low fraction bits do not count.
    expect(mul(oracleProduct('mbm7'), 1 + 2 ** -8, 1)).to.equal(1 + 12 / 128);
  });

  it('computes mitchell, truncated and the rounded formats as worked by hand', () => {
    expect(mul(oracleProduct('mitchell7'), 1.5, 1.5)).to.equal(2);
    expect(mul(oracleProduct('mitchell7'), 1.25, 1.25)).to.equal(1.5);
    expect(mul(oracleProduct('truncated5'), 1 + 31 / 32, 1 + 1 / 32)).to.equal(2);
    expect(mul(oracleProduct('truncated5'), 1 + 1 / 32, 1 + 1 / 32)).to.equal(1 + 2 / 32);
    expect(mul(oracleProduct('bf16'), 1 + 2 ** -8, 1)).to.equal(1);
    expect(mul(oracleProduct('bf16'), 1 + 3 * 2 ** -8, 1)).to.equal(1 + 2 ** -6);
    expect(mul(oracleProduct('tf32'), 1 + 2 ** -11 + 2 ** -23, 1)).to.equal(1 + 2 ** -10);
  });

  it('has the published table and errors', () => {
    const codes = new Uint8Array(2 ** 14);
    for (let i = 0; i < 128; i++) {
      for (let j = 0; j < 128; j++) {
        const {carry, mant} = familyEntry('mbm7', i, j);
        codes[i * 128 + j] = carry * 128 + mant;
      }
    }
    const hash = createHash('sha256').update(codes).digest('hex');
    expect(hash).to.equal('dc2c5c50eb820657f593fde6927a18fbb591582e5e050d8cb727895f9a350d7a');

    const figures: Record<string, number[]> = {
      mbm7: [0.447, 2.693, -7.636, 9.375],
      mitchell7: [-3.849, 3.849, -11.11, 0],
      truncated7: [-0.271, 0.271, -0.769, 0],
    };
    for (const [name, expected] of Object.entries(figures)) {
      let [sum, absolute, least, most] = [0, 0, 0, 0];
      for (let i = 0; i < 128; i++) {
        for (let j = 0; j < 128; j++) {
          const exact = (1 + i / 128) * (1 + j / 128);
          const error = 100 * (mul(oracleProduct(name), 1 + i / 128, 1 + j / 128) / exact - 1);
          sum += error;
          absolute += Math.abs(error);
          least = Math.min(least, error);
          most = Math.max(most, error);
        }
      }
      const found = [sum / 2 ** 14, absolute / 2 ** 14, least, most];
      found.forEach((figure, f) => expect(figure, name).to.be.closeTo(expected[f], 0.005));
    }
  });

  it('follows the table of special operands', () => {
    const product = oracleProduct('mitchell7');
    const rows: [number, number, number][] = [
      [NaN, 1, NaN],
      [0, NaN, NaN],
      [Infinity, 0, NaN],
      [2 ** -130, -Infinity, NaN],
      [Infinity, -2, -Infinity],
      [-0, 3, -0],
      [2 ** -127, -3, -0],
      [2 ** -127, 2 ** 127, 0],
      [p2(-63), p2(-63), p2(-126)],
      [p2(-63), p2(-64), 0],
      [1.5 * p2(-63), 1.75 * p2(-64), 0],
      [p2(63), p2(64), p2(127)],
      [p2(64), p2(64), Infinity],
      [1.5 * p2(63), -1.5 * p2(64), -Infinity],
      [1.25 * p2(63), 1.5 * p2(64), 1.75 * p2(127)],
    ];
    for (const [a, b, expected] of rows) {
      expect(Object.is(mul(product, a, b), expected), `${a} * ${b}`).to.equal(true);
    }
  });

  it('rounds operands to the formats', () => {
    const round = (name: string, x: number): number => oracleProduct(name).round(Math.fround(x));
    expect(round('bf16', 1.5 + 2 ** -8)).to.equal(1.5);
    expect(round('bf16', -(2 - 2 ** -9))).to.equal(-2);
    expect(round('bf16', 3.4e38)).to.equal(Infinity);
    expect(round('bf16', 2 ** -127)).to.equal(0);
    expect(round('bf16', p2(-126))).to.equal(p2(-126));
    expect(round('fp16', 65519.996)).to.equal(65504);
    expect(round('fp16', 65520)).to.equal(Infinity);
    expect(round('fp16', 2 ** -24)).to.equal(2 ** -24);
    expect(round('fp16', 1.5 * 2 ** -24)).to.equal(2 ** -23);
    expect(round('fp16', 2 ** -25)).to.equal(0);
    expect(round('fp16', 2 ** -25 + 2 ** -40)).to.equal(2 ** -24);
    const e4m3 = {
      exponentBits: 4,
      fractionBits: 3,
      subnormals: true,
      overflow: 'saturate',
      maxFinite: 448,
    } as const;
    expect(roundTo(1000, e4m3, 'nearestEven')).to.equal(448);
    expect(roundTo(18, e4m3, 'nearestEven')).to.equal(18);
    expect(roundTo(17, e4m3, 'nearestEven')).to.equal(16);
  });

  it('reads any table: the tables of bf16 and fp16 give the native products', () => {
    const a = randomFloats(4000, 1);
    const b = randomFloats(4000, 2);
    for (const name of ['bf16', 'fp16']) {
      const table = testMultiplier(`${name}Table`).product;
      const native = oracleProduct(name);
      expectSameBits(
        name,
        a.map((x, i) => mul(table, x, b[i])),
        a.map((x, i) => mul(native, x, b[i])),
      );
    }
  });

  it('reads tables with entries below 1', () => {
    const fixed = tableProduct({
      name: 'fixed1',
      mantissaBits: 1,
      encoding: 'fixed',
      resultBits: 2,
      format: {exponentBits: 8, fractionBits: 1, subnormals: false, overflow: 'infinity'},
      rounding: 'truncate',
      provenance: 'this test',
      entries: Uint8Array.of(3, 0, 6, 15),
    });
    expect(mul(fixed, 1, 1)).to.equal(0.75);
    expect(mul(fixed, 1, 1.5)).to.equal(0);
    expect(mul(fixed, -1.5, 1)).to.equal(-1.5);
    expect(mul(fixed, 3.75, 1.5)).to.equal(2 * 3.75);
    expect(mul(fixed, Infinity, 1)).to.equal(Infinity);
    expect(mul(fixed, Infinity, 0)).to.satisfy(Number.isNaN);
  });
});
