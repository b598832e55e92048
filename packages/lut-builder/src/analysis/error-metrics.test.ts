// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {MultiplierError} from '../errors.js';
import {lutFromSignificandProduct} from '../lut/from-product.js';
import {getMultiplier} from '../registry.js';
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
    expect(metrics.errorRate).equal(0.25);
    expect(metrics.mean).closeTo(-100 / 36, 1e-12);
    expect(metrics.meanAbsolute).closeTo(100 / 36, 1e-12);
    expect(metrics.rootMeanSquare).closeTo(100 / 18, 1e-12);
    expect(metrics.max).equal(0);
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

  it('has no answer for fp32', () => {
    expect(() => errorMetrics('fp32')).to.throw(MultiplierError);
  });
});
