// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {getMultiplier, MultiplierError} from '@tfjs-approx/arithmetic';
import {randomSource} from '../testing/random.js';
import {errorMetrics} from './error-metrics.js';
import {OPERAND_DISTRIBUTIONS, fractionWeights} from './fraction-weights.js';

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

describe('fractionWeights', () => {
  for (const distribution of OPERAND_DISTRIBUTIONS) {
    for (const name of ['mitchell1', 'mitchell7', 'bf16', 'truncated11', 'fp16']) {
      it(`${distribution} operands of ${name}: 2^m probabilities`, () => {
        const weights = fractionWeights(distribution, name);
        expect(weights.length).equal(2 ** getMultiplier(name).format.fractionBits);
        expect(weights.every(weight => weight > 0)).equal(true);
        expect(sum(weights)).closeTo(1, 1e-12);
      });
    }
  }

  it('uniform operands have every fraction alike once truncated', () => {
    for (const weight of fractionWeights('uniform', 'mbm3')) expect(weight).closeTo(1 / 8, 1e-12);
  });

  it('rounding to nearest moves the bins by half a unit, a quarter below a power of two', () => {
    const weights = fractionWeights('uniform', 'bf16');
    expect(weights[0]).closeTo(0.75 / 127.75, 1e-12);
    for (let i = 1; i < 128; i++) expect(weights[i]).closeTo(1 / 127.75, 1e-12);
  });

  it("log-uniform operands follow Benford's law", () => {
    const weights = fractionWeights('logUniform', 'mitchell2');
    weights.forEach((weight, i) => {
      expect(weight).closeTo(Math.log2((5 + i) / (4 + i)), 1e-12);
    });
  });

  it('normal operands agree with tabulated values of the normal distribution', () => {
    // P(|x| in [1, 2)) and so on from a table of Phi, to 7 digits; fraction 0 at m = 1 is
    // [1, 1.5), [0.5, 0.75), [2, 3), ...
    const phi: Readonly<Record<number, number>> = {
      0.5: 0.6914625,
      0.75: 0.7733726,
      1: 0.8413447,
      1.5: 0.9331928,
      2: 0.9772499,
      3: 0.9986501,
      4: 0.9999683,
      6: 1,
      0.25: 0.5987063,
      0.375: 0.6461698,
      0.125: 0.5497382,
      0.1875: 0.5743657,
    };
    let low = 0;
    for (const start of [0.125, 0.25, 0.5, 1, 2, 4]) low += phi[1.5 * start] - phi[start];
    // Below 1/8 the density is flat to 1%: half of the rest.
    low += (phi[0.125] - 0.5) / 2;
    expect(fractionWeights('normal', 'mitchell1')[0]).closeTo(2 * low, 2e-4);
  });

  it('normal operands agree with a sample', () => {
    const random = randomSource(3);
    const sample = Array.from(
      {length: 2e5},
      () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    );
    for (const name of ['mitchell3', 'fp16', 'bf16']) {
      const expected = fractionWeights('normal', name);
      const found = fractionWeights(sample, name);
      expect(sum(found)).closeTo(1, 1e-12);
      let chiSquare = 0;
      expected.forEach((p, i) => (chiSquare += (sample.length * (found[i] - p) ** 2) / p));
      const degrees = expected.length - 1;
      expect(chiSquare, name).within(
        degrees - 4 * Math.sqrt(2 * degrees),
        degrees + 4 * Math.sqrt(2 * degrees),
      );
    }
  });

  it('counts the fractions of values, rounded as the multiplier rounds them', () => {
    const values = [1, -1.5, 0.75, 2 ** 40, 0, Infinity, NaN, 1.999];
    expect([...fractionWeights(values, 'mitchell1')]).deep.equal([2 / 5, 3 / 5]);
    expect(fractionWeights(values, 'bf16')[0]).equal(3 / 5);
    expect(() => fractionWeights([0, NaN], 'bf16')).to.throw(MultiplierError, '2 values');
    expect(() => fractionWeights('flat' as never, 'bf16')).to.throw(MultiplierError, 'logUniform');
    expect(() => fractionWeights('normal', 'fp32')).to.throw(MultiplierError, 'at most 11');
  });

  it('makes weights for error metrics', () => {
    const weights = fractionWeights('normal', 'mitchell7');
    const {mean} = errorMetrics('mitchell7', {weights: {first: weights, second: weights}});
    expect(mean).within(-3.849, -3.7);
  });
});
