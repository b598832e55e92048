// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {checkMultiplier, provenLut} from './check-multiplier.js';
import {LutFormatError, MultiplierError} from '../errors.js';
import {fullRangeFormat} from '../formats/float.js';
import {functionalModel} from './functional-model.js';
import {checkLut} from '../tables/check-lut.js';
import {lutMultiplier} from '../tables/lut-multiplier.js';
import type {Multiplier} from './multiplier.js';
import {getMultiplier, registerMultiplier, resolveMultiplier} from '../registry.js';

const fp32 = getMultiplier('fp32');
const bf16 = getMultiplier('bf16');

describe('a multiplier that claims to be exact', () => {
  it('is taken where it is float32 multiplication', () => {
    const own = {...fp32, name: 'one-of-contract'};
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
    ['name', '', 'multiplier "": found name = "", expected a string that is not empty'],
    ['name', undefined, 'multiplier "undefined": found name = undefined, expected a string'],
    ['lut', undefined, 'found lut = undefined, expected a function that returns the table'],
    ['format', undefined, 'found format = undefined, expected a FloatFormat'],
    ['format', null, 'found format = null, expected a FloatFormat'],
  ] as const) {
    it(`with ${field} ${value} is refused`, () => {
      const multiplier = {...bf16, [field]: value};
      expect(() => checkMultiplier(multiplier)).to.throw(MultiplierError, message);
    });
  }

  it('is an object', () => {
    for (const wrong of [undefined, null, 7, 'mbm7']) {
      for (const use of [checkMultiplier, registerMultiplier, provenLut]) {
        expect(() => use(wrong as never)).to.throw(
          MultiplierError,
          /multiplier: found .*, expected an object that fulfils the Multiplier interface/,
        );
      }
    }
  });
});

describe('the format of a multiplier or table', () => {
  for (const [field, value] of [
    ['exponentBits', 0],
    ['exponentBits', 8.5],
    ['exponentBits', 9],
    ['fractionBits', 0],
    ['fractionBits', 24],
    ['fractionBits', '7'],
    ['subnormals', 'no'],
    ['overflow', 'wat'],
    ['maxFinite', 0],
    ['maxFinite', '448'],
    ['maxFinite', 2 ** 128],
    ['maxFinite', 0.1],
  ] as const) {
    it(`is refused with ${field} ${JSON.stringify(value)}`, () => {
      const format = {...bf16.format, [field]: value};
      expect(() => checkMultiplier({...bf16, format})).to.throw(
        MultiplierError,
        `found ${field} = ${JSON.stringify(value)}, expected`,
      );
      expect(() => checkLut({...bf16.lut(), format}))
        .to.throw(LutFormatError)
        .include({part: field, found: String(value)});
    });
  }
});

describe('the table of a multiplier', () => {
  const table = getMultiplier('mbm4').lut();
  const own = {...lutMultiplier(table), name: 'one-of-contract'};

  it('is asked for and checked once', () => {
    let calls = 0;
    const counted = {...own, lut: () => (calls++, table)};
    for (let i = 0; i < 3; i++) expect(provenLut(counted)).equal(table);
    expect(calls).equal(1);
  });

  it('is refused where its closed form differs', () => {
    const wrong = {...own, evaluation: 'logAdd', closedForm: {kind: 'logAdd'}} as Multiplier;
    for (const use of [provenLut, functionalModel, registerMultiplier]) {
      expect(() => use(wrong)).to.throw(MultiplierError, 'expected the logAdd product');
    }
  });

  it('is refused where it is none', () => {
    for (const wrong of [undefined, null, 'table']) {
      expect(() => provenLut({...own, lut: () => wrong as never})).to.throw(
        MultiplierError,
        'as the answer of lut(), expected a MantissaLut',
      );
    }
  });

  it('is refused where it is inconsistent, or not of the width of the format', () => {
    const short = {...table, entries: table.entries.slice(1)};
    expect(() => provenLut({...own, lut: () => short})).to.throw(LutFormatError, 'length');
    expect(() => provenLut({...own, format: fullRangeFormat(5)})).to.throw(
      MultiplierError,
      "found a table of 4 mantissa bits, expected one of its format's 5 fraction bits",
    );
  });
});

function significandsOf(m: number) {
  return {kind: 'native', firstSignificands: new Float32Array(2 ** m).fill(1)} as const;
}
