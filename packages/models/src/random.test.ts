// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {hash32, permutation, seededIntegers} from './random.js';

describe('seeded random numbers', () => {
  it('are the published mulberry32 sequence', () => {
    const next = seededIntegers(0);
    expect([next(), next(), next()]).to.deep.equal([1144304738, 1416247, 958946056]);
  });

  it('hash to unsigned 32-bit integers that depend on every value', () => {
    const hashes = [hash32(0), hash32(1), hash32(-1), hash32(0, 0), hash32(0, 1), hash32(1, 0)];
    expect(new Set(hashes).size).to.equal(hashes.length);
    for (const hash of hashes) expect(hash).to.satisfy((h: number) => h === h >>> 0);
  });

  it('permute: every index once, by seed', () => {
    const order = permutation(1000, 7);
    expect(new Set(order).size).to.equal(1000);
    expect(Math.max(...order)).to.equal(999);
    expect(permutation(1000, 7)).to.deep.equal(order);
    expect(permutation(1000, 8)).to.not.deep.equal(order);
    expect([...permutation(1, 7)]).to.deep.equal([0]);
    expect([...permutation(0, 7)]).to.deep.equal([]);
  });

  it('permute without a favourite place', () => {
    // 4,000 permutations of 4: each element in each place about 1,000 times (5 sigma = 137).
    const counts = new Array<number>(16).fill(0);
    for (let seed = 0; seed < 4000; seed++) {
      permutation(4, seed).forEach((element, place) => counts[4 * place + element]++);
    }
    for (const count of counts) expect(count).to.be.within(863, 1137);
  });
});
