// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {planSummation} from './summation.js';

describe('planSummation', () => {
  it('keeps k up to 1024 in one block, however few the outputs', () => {
    expect(planSummation(1, 1024)).to.deep.equal({blocks: 1, blockSize: 1024});
    expect(planSummation(1, 0)).to.deep.equal({blocks: 1, blockSize: 0});
  });

  it('keeps a long k in one block where the outputs alone keep a GPU busy', () => {
    // 2^22 / (2^21 + 1) rounds down to 1.
    expect(planSummation(2 ** 21 + 1, 5000)).to.deep.equal({blocks: 1, blockSize: 5000});
    expect(planSummation(2 ** 21, 5000).blocks).to.equal(2);
  });

  it('cuts k into blocks of a multiple of 256, at most 64 of them', () => {
    expect(planSummation(1, 1025)).to.deep.equal({blocks: 5, blockSize: 256});
    expect(planSummation(150, 50176)).to.deep.equal({blocks: 49, blockSize: 1024});
    expect(planSummation(1, 64 * 256)).to.deep.equal({blocks: 64, blockSize: 256});
    expect(planSummation(1, 64 * 256 + 1)).to.deep.equal({blocks: 33, blockSize: 512});
  });

  it('covers every k exactly once', () => {
    for (const outputs of [1, 100, 70_000, 2 ** 20]) {
      for (const k of [1, 1023, 1025, 4097, 100_000]) {
        const {blocks, blockSize} = planSummation(outputs, k);
        expect(blocks * blockSize).to.be.at.least(k);
        expect((blocks - 1) * blockSize).to.be.below(k);
      }
    }
  });
});
