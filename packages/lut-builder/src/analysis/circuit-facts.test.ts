// SPDX-License-Identifier: Apache-2.0
import {LutFormatError, decodeLut, encodeLut, getMultiplier} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {circuitFactsOf, withCircuit} from './circuit-facts.js';

const lut = getMultiplier('mitchell3').lut();

describe('facts of a circuit', () => {
  it('travel with the table and its file', () => {
    const facts = {cells: {AND: 12, XOR: 7}, bits: 8};
    const decoded = decodeLut(encodeLut(withCircuit(lut, facts)));
    expect(circuitFactsOf(decoded)).deep.equal(facts);
    expect(circuitFactsOf(lut)).equal(undefined);
  });

  for (const cells of [
    '{',
    '[]',
    'null',
    '{"AND":0}',
    '{"AND":1.5}',
    '{"AND":"1"}',
    '{"two words":1}',
  ]) {
    it(`are refused where cells are ${cells}`, () => {
      expect(() => circuitFactsOf({...lut, metadata: {cells}}, 'x.safetensors'))
        .throw(LutFormatError, cells === '{' ? 'a JSON object' : 'counts of cells')
        .with.property('file', 'x.safetensors');
    });
  }

  for (const circuitBits of ['4', '65', 'x', '5.5']) {
    it(`are refused where the circuit is ${circuitBits} bits wide`, () => {
      expect(() => circuitFactsOf({...lut, metadata: {cells: '{}', circuitBits}}))
        .throw(LutFormatError, 'an integer in 5..64')
        .with.property('found', circuitBits);
    });
  }
});
