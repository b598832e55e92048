// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {errorMetrics} from '../analysis/error-metrics.js';
import {fractionWeights} from '../analysis/fraction-weights.js';
import {
  MultiplierError,
  type OperandHistogram,
  type RecordedOperands,
} from '@tfjs-approx/arithmetic';
import {recordedMetrics, recordedWeights} from './recorded-operands.js';

/** From the definition of the format, by arithmetic on the values. */
function histogram(values: readonly number[], fractionBits = 11): OperandHistogram {
  const fractions = new Array<number>(2 ** fractionBits).fill(0);
  const normal = values.filter(value => value !== 0);
  for (const value of normal) {
    const significand = Math.abs(value) / 2 ** Math.floor(Math.log2(Math.abs(value)));
    fractions[Math.floor((significand - 1) * 2 ** fractionBits)]++;
  }
  return {
    values: values.length,
    zeros: values.length - normal.length,
    nonFinite: 0,
    fractions,
    exponents: {first: 0, counts: [normal.length]},
  };
}

const WAVE = Array.from({length: 500}, (_, i) => Math.fround(Math.sin(i + 1) * 3));
const RAMP = Array.from({length: 500}, (_, i) => Math.fround(1 + (i / 500) ** 2));

function recorded(
  ...products: Array<[macs: number, first: readonly number[], second: readonly number[]]>
): RecordedOperands {
  return {
    kind: 'tfjs-approx recorded operands',
    version: 1,
    fractionBits: 11,
    products: products.map(([macs, first, second], p) => ({
      layer: `dense${p}`,
      pass: 'forward',
      calls: 1,
      macs,
      first: histogram(first),
      second: histogram(second),
    })),
  };
}

describe('recorded operands', () => {
  it('weights are those of the values themselves, truncated or rounded to nearest', () => {
    for (const multiplier of ['mbm7', 'truncated5', 'mitchell11', 'bf16', 'fp16']) {
      for (const values of [WAVE, RAMP]) {
        const weights = recordedWeights(histogram(values), multiplier)!;
        const expected = fractionWeights(values, multiplier);
        // None of these values lies on the middle between two fractions.
        expect([...weights], multiplier).to.deep.equal([...expected]);
      }
    }
  });

  it('what rounds up to 2 has the fraction 0', () => {
    const weights = recordedWeights(histogram([1.9999]), 'bf16')!;
    expect(weights[0]).to.equal(1);
  });

  it('without the bits that decide, rounding to nearest goes half up and half down', () => {
    const weights = recordedWeights(histogram([1.25], 7), 'bf16')!;
    expect([weights[32], weights[33]]).to.deep.equal([0.5, 0.5]);
  });

  it('more fraction bits than were recorded are refused with the remedy', () => {
    expect(() => recordedWeights(histogram([1], 5), 'mbm7'))
      .to.throw(MultiplierError)
      .with.property('message')
      .that.matches(
        /"mbm7": found 5 recorded .* at least its 7\. Record with \{fractionBits: 11\}/,
      );
  });

  it('metrics of one layer are those of its operands', () => {
    const {all, products} = recordedMetrics('mbm7', recorded([10, WAVE, RAMP]));
    const weights = {first: fractionWeights(WAVE, 'mbm7'), second: fractionWeights(RAMP, 'mbm7')};
    const expected = errorMetrics('mbm7', {weights});
    expect(products[0]).to.deep.equal(expected);
    for (const key of Object.keys(expected) as Array<keyof typeof expected>) {
      expect(all![key], key).to.be.closeTo(expected[key], 1e-9);
    }
  });

  it('all together go by the number of products that are not zero', () => {
    // 1 * 1 is exact for Mitchell's multiplier; 1.5 * 1.5 is 2 for 2.25.
    const half = [1.5, 0];
    const {all, products} = recordedMetrics(
      'mitchell7',
      recorded([10, [1], [1]], [40, half, half], [99, [0], [1]]),
    );
    const e = -100 / 9;
    expect(products[2]).to.equal(null);
    expect(products[1]!.mean).to.be.closeTo(e, 1e-9);
    expect(all!.mean).to.be.closeTo(e / 2, 1e-9);
    expect(all!.errorRate).to.be.closeTo(50, 1e-9);
    expect(all!.rootMeanSquare).to.be.closeTo(Math.sqrt(e ** 2 / 2), 1e-9);
    expect(all!.variance).to.be.closeTo(e ** 2 / 4, 1e-9);
    expect(all!.min).to.be.closeTo(e, 1e-9);
    expect(all!.max).to.equal(0);
    expect(recordedMetrics('mitchell7', recorded([1, [0], [1]])).all).to.equal(null);
  });

  it('products that were not formed, and infinite ones, have no metrics and no weight', () => {
    const infinite = recorded([10, [1], [1.5]]).products[0];
    const {values} = infinite.first;
    const none = new Array<number>(2048).fill(0);
    const exponents = {first: 0, counts: []};
    const first = {values, zeros: 0, nonFinite: values, fractions: none, exponents};
    const operands = recorded([0, WAVE, RAMP], [5, [], []], [10, [1.5], [1.5]]);
    const products = [...operands.products, {...infinite, first}];
    const metrics = recordedMetrics('mitchell7', {...operands, products});
    expect(metrics.products.map(one => one?.worstCase ?? null)).to.deep.equal([
      null,
      null,
      100 / 9,
      null,
    ]);
    expect(metrics.all!.mean).to.be.closeTo(-100 / 9, 1e-9);
    expect(recordedMetrics('mitchell7', recorded([0, WAVE, RAMP])).all).to.equal(null);
  });

  it('a variance of 0 does not come out below 0', () => {
    // All errors alike: what is left of the variance is rounding.
    for (let k = 1; k < 40; k++) {
      const value = 1 + k / 64;
      const parts = Array.from({length: 7}, (_, p) => [3 * p + 1, [value], [1.5]] as const);
      const operands = recorded(...parts.map(([n, a, b]) => [n, [...a], [...b]] as never));
      expect(recordedMetrics('mbm7', operands).all!.variance, `${value}`).to.be.within(0, 1e-9);
    }
  });
});
