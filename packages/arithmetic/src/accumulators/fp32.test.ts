// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {fp32Accumulator} from './fp32.js';

const {add, addBlock, plan} = fp32Accumulator;

describe('the float32 accumulator', () => {
  it('keeps k up to 1024 in one block, however few the outputs', () => {
    expect(plan(1, 1024)).to.deep.equal({blocks: 1, blockSize: 1024});
    expect(plan(1, 0)).to.deep.equal({blocks: 1, blockSize: 0});
  });

  it('keeps a long k in one block where the outputs alone keep a GPU busy', () => {
    // 2^22 / (2^21 + 1) rounds down to 1.
    expect(plan(2 ** 21 + 1, 5000)).to.deep.equal({blocks: 1, blockSize: 5000});
    expect(plan(2 ** 21, 5000).blocks).to.equal(2);
  });

  it('cuts k into blocks of a multiple of 256, at most 64 of them', () => {
    expect(plan(1, 1025)).to.deep.equal({blocks: 5, blockSize: 256});
    expect(plan(150, 50176)).to.deep.equal({blocks: 49, blockSize: 1024});
    expect(plan(1, 64 * 256)).to.deep.equal({blocks: 64, blockSize: 256});
    expect(plan(1, 64 * 256 + 1)).to.deep.equal({blocks: 33, blockSize: 512});
  });

  it('covers every k exactly once', () => {
    for (const outputs of [1, 100, 70_000, 2 ** 20]) {
      for (const k of [1, 1023, 1025, 4097, 100_000]) {
        const {blocks, blockSize} = plan(outputs, k);
        expect(blocks * blockSize).to.be.at.least(k);
        expect((blocks - 1) * blockSize).to.be.below(k);
      }
    }
  });

  it('rounds every addition to float32, ties to even', () => {
    for (const sum of [add, addBlock]) {
      expect(sum(2 ** 24, 1)).to.equal(2 ** 24);
      expect(sum(2 ** 24, 3)).to.equal(2 ** 24 + 4);
      expect(sum(1, -1)).to.equal(0);
    }
  });
});
