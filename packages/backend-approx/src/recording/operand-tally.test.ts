// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {Tally} from './operand-tally.js';

const histogramOf = (values: number[], fractionBits: number) => {
  const tally = new Tally(fractionBits);
  tally.add(Float32Array.from(values));
  return tally.toHistogram();
};

describe('Tally', () => {
  it('counts top fraction bits and exponents, whatever the sign', () => {
    // 1 = 1.00b, 1.25 = 1.01b, 3 = 1.10b * 2, -7.9 = 1.1111...b * 4
    expect(histogramOf([1, 1.25, -1.25, 3, -7.9], 2)).to.deep.equal({
      values: 5,
      zeros: 0,
      nonFinite: 0,
      fractions: [1, 2, 1, 1],
      exponents: {first: 0, counts: [3, 1, 1]},
    });
  });

  it('keeps zeros, subnormals and non-finite values out of the fractions', () => {
    expect(histogramOf([0, -0, 1e-40, NaN, Infinity, -Infinity, 0.5], 1)).to.deep.equal({
      values: 7,
      zeros: 3,
      nonFinite: 3,
      fractions: [1, 0],
      exponents: {first: -1, counts: [1]},
    });
  });

  it('adds up, also from a part of a buffer', () => {
    const tally = new Tally(1);
    tally.add(Float32Array.of(9, 1, 1.5, 9).subarray(1, 3));
    tally.add(Float32Array.of(1.5));
    expect(tally.toHistogram().fractions).to.deep.equal([1, 2]);
  });

  it('has no exponents where all values are zero', () => {
    expect(histogramOf([0], 1).exponents).to.deep.equal({first: 0, counts: []});
  });
});
