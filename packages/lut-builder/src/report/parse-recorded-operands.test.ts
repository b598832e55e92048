// SPDX-License-Identifier: Apache-2.0
import type {RecordedOperands} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {OperandsFormatError} from '../errors.js';
import {parseRecordedOperands} from './parse-recorded-operands.js';

const histogram = () => ({
  values: 10,
  zeros: 2,
  nonFinite: 1,
  fractions: [4, 0, 3, 0],
  exponents: {first: -3, counts: [5, 0, 2]},
});

const good = () => ({
  kind: 'tfjs-approx recorded operands',
  version: 1,
  fractionBits: 2,
  products: [
    {
      layer: 'conv1',
      pass: 'inputGradient',
      calls: 1,
      macs: 1200,
      first: histogram(),
      second: histogram(),
    },
  ],
});

/** The good file with one field of its only product, or of that one's second operand, replaced. */
const withProduct = (change: object) => {
  const file = good();
  return {...file, products: [{...file.products[0], ...change}]};
};
const withSecond = (change: object) => withProduct({second: {...histogram(), ...change}});

function refusalOf(text: string): OperandsFormatError {
  try {
    parseRecordedOperands(text, 'x.json');
  } catch (error) {
    expect(error).instanceOf(OperandsFormatError);
    return error as OperandsFormatError;
  }
  return expect.fail('it was read');
}

describe('a file of recorded operands', () => {
  it('is read as it was written', () => {
    const file: unknown = good();
    expect(parseRecordedOperands(JSON.stringify(file), 'x.json')).to.deep.equal(file);
    // No operand had a fraction.
    const zeros = {values: 4, zeros: 4, nonFinite: 0, fractions: [0, 0, 0, 0]};
    const allZero = withSecond({...zeros, exponents: {first: 0, counts: []}});
    const read: RecordedOperands = parseRecordedOperands(JSON.stringify(allZero), 'x.json');
    expect(read.products[0].second.zeros).to.equal(4);
  });

  const second = 'products[0].second';
  const cases: ReadonlyArray<readonly [part: string, found: RegExp, file: unknown]> = [
    ['kind', /nothing/, {}],
    ['kind', /nothing/, null],
    ['version', /2/, {...good(), version: 2}],
    ['fractionBits', /12/, {...good(), fractionBits: 12}],
    ['fractionBits', /"2"/, {...good(), fractionBits: '2'}],
    ['products', /7/, {...good(), products: 7}],
    ['products', /\[\]/, {...good(), products: []}],
    ['products[0].layer', /nothing/, {...good(), products: [{}]}],
    ['products[0].layer', /nothing/, {...good(), products: [null]}],
    ['products[0].pass', /"backward"/, withProduct({pass: 'backward'})],
    ['products[0].calls', /-1/, withProduct({calls: -1})],
    ['products[0].macs', /0\.5/, withProduct({macs: 0.5})],
    ['products[0].macs', /"9"/, withProduct({macs: '9'})],
    [`${second}.values`, /nothing/, withProduct({second: null})],
    [`${second}.zeros`, /-2/, withSecond({zeros: -2})],
    [`${second}.nonFinite`, /nothing/, withSecond({nonFinite: undefined})],
    [`${second}.fractions`, /2 counts/, withSecond({fractions: [4, 3]})],
    [`${second}.fractions`, /\{\}/, withSecond({fractions: {}})],
    [`${second}.fractions[2]`, /3\.5/, withSecond({fractions: [4, 0, 3.5, 0]})],
    [`${second}.fractions[1]`, /null/, withSecond({fractions: [4, NaN, 3, 0]})],
    [`${second}.values`, /11/, withSecond({values: 11})],
    [`${second}.values`, /^10$/, withSecond({nonFinite: 0})],
    [`${second}.exponents.first`, /nothing/, withSecond({exponents: undefined})],
    [`${second}.exponents.counts[0]`, /-1/, withSecond({exponents: {first: 0, counts: [-1]}})],
    [`${second}.exponents.counts`, /sum of 6/, withSecond({exponents: {first: 0, counts: [6]}})],
    [`${second}.exponents`, /127 to 128/, withSecond({exponents: {first: 127, counts: [5, 2]}})],
  ];
  for (const [part, found, file] of cases) {
    it(`is refused for its ${part}: ${found.source}`, () => {
      const refusal = refusalOf(JSON.stringify(file));
      expect(refusal).to.include({file: 'x.json', part});
      expect(refusal.found).to.match(found);
    });
  }

  it('is refused if it is no JSON', () => {
    expect(refusalOf('{').message).to.match(/"x.json": text: found .*, expected JSON\. Record/);
  });

  it('is refused with the layer and pass, and what a count should be', () => {
    const refusal = refusalOf(JSON.stringify(withSecond({values: 11})));
    expect(refusal).to.include({layer: 'conv1', pass: 'inputGradient'});
    expect(refusal.message).to.equal(
      'Error in recorded operands "x.json": products[0].second.values ' +
        '(layer "conv1", pass inputGradient): found 11, expected 10, the sum of zeros, nonFinite ' +
        'and fractions. Record the operands again with recordOperands.',
    );
    expect(refusalOf(JSON.stringify(withProduct({pass: 'x'}))).message).to.contain(
      'products[0].pass (layer "conv1"): found "x", expected forward, inputGradient, weightGradient',
    );
  });
});
