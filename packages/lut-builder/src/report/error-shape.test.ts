// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {getMultiplier, lutFromSignificandProduct} from '@tfjs-approx/arithmetic';
import {
  binWidth,
  errorGrid,
  errorHistogram,
  errorsByProduct,
  relativeErrors,
} from './error-shape.js';

/** Exact but for (1.5, 1.5), where 2 stands for 2.25. */
const oneWrong = lutFromSignificandProduct((i, j) => 1 + (i + j) / 2, {
  name: 'mitchell1',
  mantissaBits: 1,
});

describe('the shape of an error', () => {
  it('relative errors: of each pair, in percent, row = first operand', () => {
    expect([...relativeErrors(oneWrong)]).to.deep.equal([0, 0, 0, -100 / 9]);
    const asymmetric = lutFromSignificandProduct(
      (i, j) => (i > j ? 1 : (1 + i / 2) * (1 + j / 2)),
      {
        name: 'asymmetric',
        mantissaBits: 1,
      },
    );
    expect([...relativeErrors(asymmetric)]).to.deep.equal([0, 0, -100 / 3, 0]);
  });

  it('grid: a small table as it is; of a large one the largest error of a cell, with its sign', () => {
    const small = Float64Array.of(0, 1, -2, 3);
    expect(errorGrid(small)).to.deep.equal({
      side: 2,
      pairsPerCell: 1,
      errors: Float32Array.from(small),
    });
    const large = new Float64Array(16);
    // Rows of four; the upper left cell holds 1, -5, 2 and 0.
    [large[0], large[1], large[4]] = [1, -5, 2];
    large[15] = 7;
    const grid = errorGrid(large, 2);
    expect(grid).to.deep.equal({
      side: 2,
      pairsPerCell: 2,
      errors: Float32Array.of(-5, 0, 0, 7),
    });
  });

  it('histogram: zero in the middle of a bin, gaps included, all of the pairs', () => {
    const bins = errorHistogram(Float64Array.of(0, 0.04, -0.1, 0.3), 0.1);
    expect(bins.map(({share}) => share)).to.deep.equal([25, 50, 0, 0, 25]);
    expect(bins[0].low).to.be.closeTo(-0.15, 1e-12);
    expect(bins[0].high).to.be.closeTo(-0.05, 1e-12);
    const all = errorHistogram(relativeErrors(getMultiplier('mbm7').lut()), 0.5);
    expect(all.reduce((sum, {share}) => sum + share, 0)).to.be.closeTo(100, 1e-9);
  });

  it('bins are of a round width, about 60 of them', () => {
    for (const [min, max] of [
      [-11.1, 9.4],
      [-0.031, 0],
      [0, 56],
    ] as const) {
      const width = binWidth(min, max);
      expect((max - min) / width).to.be.within(24, 60);
      const digit = width / 10 ** Math.floor(Math.log10(width) + 1e-9);
      expect([1, 2, 5]).to.include(Math.round(digit));
    }
    expect(binWidth(0, 0)).to.be.above(0);
  });

  it('by product: the slice of log2 P, with mean, size and worst', () => {
    const bins = errorsByProduct(relativeErrors(oneWrong));
    // 1, 1.5 twice, 2.25; log2 1.5 = 0.585 is in slice 9 of 16, log2 2.25 = 1.17 in slice 18.
    expect(bins.map(({log2, pairs}) => [log2, pairs])).to.deep.equal([
      [0.5 / 16, 1],
      [9.5 / 16, 2],
      [18.5 / 16, 1],
    ]);
    expect(bins[2]).to.include({mean: -100 / 9, meanAbsolute: 100 / 9, worstCase: 100 / 9});
    const mixed = errorsByProduct(Float64Array.of(0, -3, 1, 0));
    expect(mixed[1]).to.include({pairs: 2, mean: -1, meanAbsolute: 2, worstCase: 3});
  });
});
