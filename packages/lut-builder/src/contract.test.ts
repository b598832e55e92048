// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {checkMultiplier} from './contract.js';
import {MultiplierError} from './errors.js';
import {functionalModel} from './functional-model.js';
import type {Multiplier} from './multiplier.js';
import {getMultiplier, resolveMultiplier} from './registry.js';

const fp32 = getMultiplier('fp32');
const bf16 = getMultiplier('bf16');

describe('a multiplier that claims to be exact', () => {
  it('is taken where it is float32 multiplication', () => {
    const own = {...fp32, name: 'own'};
    expect(resolveMultiplier(own)).equal(own);
    expect(functionalModel(own)(1.1, 1.3)).equal(Math.fround(Math.fround(1.1) * Math.fround(1.3)));
  });

  for (const [what, multiplier] of [
    ['rounds its operands', {...bf16, exact: true}],
    ['flushes subnormals', {...fp32, format: {...fp32.format, subnormals: false}}],
    ['saturates', {...fp32, format: {...fp32.format, overflow: 'saturate'}}],
    ['has a largest value of its own', {...fp32, format: {...fp32.format, maxFinite: 448}}],
    ['cuts its products', {...fp32, closedForm: {kind: 'native', productBits: 7}}],
    ['prepares an operand', {...fp32, closedForm: {...significandsOf(7)}}],
    ['adds logarithms', {...fp32, evaluation: 'logAdd', closedForm: {kind: 'logAdd'}}],
    ['has a table', {...getMultiplier('mbm7:lut'), exact: true}],
  ] as [string, Multiplier][]) {
    it(`is refused where it ${what}`, () => {
      const named = {...multiplier, name: 'claims'};
      for (const use of [checkMultiplier, resolveMultiplier, functionalModel]) {
        expect(() => use(named)).to.throw(
          MultiplierError,
          'Error in multiplier "claims": found exact = true, expected exact = false',
        );
      }
    });
  }
});

describe('a multiplier', () => {
  for (const [field, value, message] of [
    ['rounding', 'up', 'found rounding = "up", expected truncate or nearestEven'],
    ['evaluation', 'guess', 'found evaluation = "guess", expected native, logAdd, lut'],
    ['evaluation', 'logAdd', 'found a native closed form, expected one of its evaluation form'],
    ['closedForm', undefined, 'found no closed form, expected one of its evaluation form, native'],
  ] as const) {
    it(`with ${field} ${value} is refused`, () => {
      const multiplier = {...bf16, [field]: value} as Multiplier;
      expect(() => resolveMultiplier(multiplier)).to.throw(MultiplierError, message);
    });
  }
});

function significandsOf(m: number) {
  return {kind: 'native', firstSignificands: new Float32Array(2 ** m).fill(1)} as const;
}
