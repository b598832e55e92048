// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {LutFormatError, MultiplierError} from './errors.js';
import {lutFromSignificandProduct} from './lut/from-product.js';
import {lutMultiplier} from './lut/multiplier.js';
import type {MantissaLut} from './lut/lut.js';
import {getMultiplier, listMultipliers, registerMultiplier, resolveMultiplier} from './registry.js';

const table = (name: string) =>
  lutFromSignificandProduct((i, j) => 1 + Math.max(i, j) / 4, {name, mantissaBits: 2});

describe('listMultipliers', () => {
  it('lists four formats and three families of eleven widths', () => {
    const names = listMultipliers().map(({name}) => name);
    const family = (name: string) => Array.from({length: 11}, (_, k) => `${name}${k + 1}`);
    expect(names.slice(0, 37)).deep.equal(
      ['fp32', 'tf32', 'bf16', 'fp16'].concat(
        family('truncated'),
        family('mitchell'),
        family('mbm'),
      ),
    );
  });

  it('says what each one is, in plain data', () => {
    const mbm7 = listMultipliers().find(({name}) => name === 'mbm7')!;
    expect(mbm7).deep.include({
      mantissaBits: 7,
      rounding: 'truncate',
      evaluation: 'logAdd',
      exact: false,
    });
    expect(mbm7.description).contain('Saadat');
    expect(JSON.parse(JSON.stringify(mbm7))).deep.equal(mbm7);
    for (const {name, evaluation, exact} of listMultipliers()) {
      const logarithmic = /^(mitchell|mbm)\d/.test(name);
      expect(evaluation, name).equal(logarithmic ? 'logAdd' : 'native');
      expect(exact, name).equal(name === 'fp32');
    }
  });
});

describe('getMultiplier', () => {
  it('gives the same multiplier each time', () => {
    for (const {name} of listMultipliers()) {
      expect(getMultiplier(name).name).equal(name);
      expect(getMultiplier(name)).equal(getMultiplier(name));
    }
  });

  for (const [asked, suggested] of [
    ['mbm12', 'mbm11'],
    ['mbm7x', 'mbm7'],
    ['MBM7', 'mbm7'],
    ['mitchel7', 'mitchell7'],
    ['bfloat16', 'bf16'],
    ['fp31', 'fp32'],
  ]) {
    it(`suggests ${suggested} for ${asked}`, () => {
      expect(() => getMultiplier(asked!)).to.throw(MultiplierError, `Did you mean "${suggested}"?`);
    });
  }

  it('names what was asked, every format, every family and its range', () => {
    expect(() => getMultiplier('exact')).to.throw(
      MultiplierError,
      /getMultiplier.*"exact".*fp32, tf32, bf16, fp16, truncated1\.\.11, mitchell1\.\.11, mbm1\.\.11/,
    );
  });

  it('is not confused by names that every object has', () => {
    for (const name of ['toString', '__proto__', '', 'mbm', 'mbm0', 'mbm07']) {
      expect(() => getMultiplier(name), name).to.throw(MultiplierError);
    }
  });
});

describe('registerMultiplier', () => {
  it('makes a multiplier of a user available by name', () => {
    const own = lutMultiplier(table('own'));
    registerMultiplier(own);
    registerMultiplier(own);
    expect(getMultiplier('own')).equal(own);
    expect(listMultipliers().at(-1)!.name).equal('own');
    expect(() => getMultiplier('owm')).to.throw(MultiplierError, /own.*Did you mean "own"/);
  });

  it('refuses a name that is taken', () => {
    expect(() => registerMultiplier(lutMultiplier(table('mbm7')))).to.throw(
      MultiplierError,
      '"mbm7"',
    );
  });

  it('refuses a claim to be exact', () => {
    expect(() => registerMultiplier({...getMultiplier('fp32'), name: 'perfect'})).to.throw(
      MultiplierError,
      'exact',
    );
  });

  it('refuses a closed form from which the table differs, and an evaluation form without one', () => {
    const claimed = {...lutMultiplier(table('claimed')), evaluation: 'native'} as const;
    expect(() => registerMultiplier(claimed)).to.throw(MultiplierError, 'no closed form');
    expect(() => registerMultiplier({...claimed, closedForm: {kind: 'native'}})).to.throw(
      MultiplierError,
      'native product',
    );
    expect(() => getMultiplier('claimed')).to.throw(MultiplierError);
  });
});

describe('resolveMultiplier', () => {
  it('takes a name, a multiplier or a table', () => {
    const mbm7 = getMultiplier('mbm7');
    expect(resolveMultiplier('mbm7')).equal(mbm7);
    expect(resolveMultiplier(mbm7)).equal(mbm7);
    const lut = table('unregistered');
    const multiplier = resolveMultiplier(lut);
    expect(multiplier).deep.include({name: 'unregistered', evaluation: 'lut', exact: false});
    expect(multiplier.lut()).equal(lut);
    expect(resolveMultiplier(lut)).equal(multiplier);
  });

  it('refuses everything else', () => {
    for (const wrong of [undefined, null, 7, {}, []]) {
      expect(() => resolveMultiplier(wrong as never)).to.throw(MultiplierError, 'a MantissaLut');
    }
  });

  it('refuses a table that is not consistent', () => {
    const lut = table('broken');
    for (const [change, part] of [
      [{name: ''}, 'name'],
      [{mantissaBits: 3}, 'fractionBits'],
      [{encoding: 'other'}, 'encoding'],
      [{resultBits: 0}, 'entry'],
      [{rounding: 'up'}, 'operandRounding'],
      [{entries: [0]}, 'entries'],
      [{entries: new Uint8Array(3)}, 'length'],
    ] as Array<[object, string]>) {
      expect(() => resolveMultiplier({...lut, ...change} as MantissaLut), part)
        .to.throw(LutFormatError, '"')
        .with.property('part')
        .contain(part);
    }
  });
});
