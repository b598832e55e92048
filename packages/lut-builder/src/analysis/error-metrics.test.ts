// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {getMultiplier, lutFromSignificandProduct, MultiplierError} from '@tfjs-approx/arithmetic';
import {errorMetrics} from './error-metrics.js';

describe('errorMetrics', () => {
  for (const [name, mean, meanAbsolute, min, max] of [
    ['mbm7', 0.447, 2.693, -7.636, 9.375],
    ['mitchell7', -3.849, 3.849, -11.11, 0],
    ['truncated7', -0.271, 0.271, -0.769, 0],
  ] as const) {
    it(`gives the known figures of ${name}`, () => {
      const metrics = errorMetrics(name);
      expect(metrics.pairs).equal(16384);
      expect(metrics.mean).closeTo(mean, 0.0005);
      expect(metrics.meanAbsolute).closeTo(meanAbsolute, 0.0005);
      expect(metrics.min).closeTo(min, 0.005);
      expect(metrics.max).closeTo(max, 0.0005);
    });
  }

  it("finds Mitchell's worst case, -1/9 at fractions of one half, at every width", () => {
    for (const m of [1, 4, 11]) expect(errorMetrics(`mitchell${m}`).min).closeTo(-100 / 9, 1e-9);
  });

  it('counts every pair alike', () => {
    // Exact but for (1.5, 1.5): 2 for 2.25, -1/9.
    const metrics = errorMetrics(
      lutFromSignificandProduct((i, j) => (i + j === 2 ? 2 : 1 + (i + j) / 2), {
        name: 'one wrong',
        mantissaBits: 1,
      }),
    );
    expect(metrics.pairs).equal(4);
    expect(metrics.errorRate).equal(25);
    expect(metrics.mean).closeTo(-100 / 36, 1e-12);
    expect(metrics.meanAbsolute).closeTo(100 / 36, 1e-12);
    expect(metrics.rootMeanSquare).closeTo(100 / 18, 1e-12);
    expect(metrics.max).equal(0);
    expect(metrics.worstCase).closeTo(100 / 9, 1e-12);
    expect(metrics.variance).closeTo(((100 / 9) ** 2 * 3) / 16, 1e-10);
    expect(metrics.normalisedMeanErrorDistance).closeTo(100 / 4 / 9, 1e-12);
    expect(metrics.normalisedWorstCase).closeTo(100 / 9, 1e-12);
  });

  it('weights the fractions of each operand', () => {
    const lut = lutFromSignificandProduct((i, j) => (i === 1 && j === 0 ? 1 : 1 + (i + j) / 2), {
      name: 'two wrong',
      mantissaBits: 1,
    });
    // (1.5, 1): 1 for 1.5, with probability 3/4 * 1/3. (1.5, 1.5): 2 for 2.25, with 3/4 * 2/3.
    const metrics = errorMetrics(lut, {weights: {first: [1, 3], second: [0.2, 0.4]}});
    expect(metrics.errorRate).closeTo(75, 1e-12);
    expect(metrics.mean).closeTo(-(100 / 3) / 4 - 100 / 9 / 2, 1e-12);
    expect(metrics.rootMeanSquare ** 2).closeTo((100 / 3) ** 2 / 4 + (100 / 9) ** 2 / 2, 1e-9);
    expect(metrics.normalisedMeanErrorDistance).closeTo((100 * (0.5 / 4 + 0.25 / 2)) / 2.25, 1e-12);
    // What cannot occur is no extreme.
    const never = errorMetrics(lut, {weights: {second: [0, 1]}});
    expect(never.min).closeTo(-100 / 9, 1e-12);
    expect(never.pairs).equal(4);
    expect(never.errorRate).equal(50);
  });

  it('with equal weights gives what it gives without, to rounding', () => {
    const plain = errorMetrics('mbm4');
    const weighted = errorMetrics('mbm4', {weights: {first: new Array(16).fill(1e-300)}});
    for (const key of Object.keys(plain) as Array<keyof typeof plain>) {
      expect(weighted[key], key).closeTo(plain[key], 1e-10);
    }
  });

  it('refuses weights that are not one for each fraction', () => {
    for (const [first, found] of [
      [[1, 1], '2 weights'],
      [new Array(16).fill(0), 'between 0 and 0'],
      [new Array(16).fill(1).fill(-1, 3, 4), 'between -1 and 1'],
      [new Array(16).fill(NaN), 'NaN'],
    ] as Array<[number[], string]>) {
      expect(() => errorMetrics('mbm4', {weights: {first}})).to.throw(MultiplierError, found);
    }
  });

  it('finds none in exact formats', () => {
    for (const name of ['bf16', 'tf32', 'fp16']) {
      expect(errorMetrics(name)).deep.include({mean: 0, rootMeanSquare: 0, errorRate: 0});
    }
  });

  it('takes a name, a multiplier or a table', () => {
    const multiplier = getMultiplier('mbm4');
    expect(errorMetrics(multiplier)).deep.equal(errorMetrics('mbm4'));
    expect(errorMetrics(multiplier.lut())).deep.equal(errorMetrics('mbm4'));
  });

  it('has no answer where the table is not that of the multiplier', () => {
    const [mbm4, mbm5, mitchell4] = ['mbm4', 'mbm5', 'mitchell4'].map(name => getMultiplier(name));
    for (const [other, message] of [
      [mbm5, 'found a table of 5 mantissa bits'],
      [mitchell4, 'expected the logAdd product'],
    ] as const) {
      const mixed = {...mbm4, lut: () => other.lut()};
      expect(() => errorMetrics(mixed)).to.throw(MultiplierError, message);
    }
  });

  it('has no answer for fp32', () => {
    expect(() => errorMetrics('fp32')).to.throw(MultiplierError);
  });
});
