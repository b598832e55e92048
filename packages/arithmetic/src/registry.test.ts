// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {LutFormatError, MultiplierError} from './errors.js';
import {listFamilies, memberNames} from './multipliers/families.js';
import {lutFromSignificandProduct} from './tables/from-product.js';
import {lutMultiplier} from './tables/lut-multiplier.js';
import type {Multiplier} from './multipliers/multiplier.js';
import {getMultiplier, listMultipliers, registerMultiplier, resolveMultiplier} from './registry.js';

const table = (name: string) =>
  lutFromSignificandProduct((i, j) => 1 + Math.max(i, j) / 4, {name, mantissaBits: 2});

describe('listMultipliers', () => {
  const widths = (name: string) => Array.from({length: 11}, (_, k) => `${name}${k + 1}`);
  const names = listMultipliers().map(({name}) => name);

  it('lists six formats, then the first families with all their widths', () => {
    expect(names.slice(0, 39)).deep.equal(
      ['fp32', 'tf32', 'bf16', 'fp16', 'fp8e5m2', 'fp8e4m3'].concat(
        widths('truncated'),
        widths('mitchell'),
        widths('mbm'),
      ),
    );
  });

  it('lists 7-bit members of families with parameters', () => {
    for (const [family, members] of [
      ['drum', [2, 3, 4, 5, 6, 7].map(k => `drum${k}-7`)],
      ['realm', ['realm4-7', 'realm8-7', 'realm16-7']],
      ['oam', [0, 1, 2, 3].map(level => `oam${level}-7`)],
      ['perforated', [1, 2, 3, 4, 5, 6, 7].map(k => `perforated0-${k}-7`)],
      ['roba', widths('roba')],
    ] as const) {
      const listed = listMultipliers().filter(info => info.family === family);
      expect(listed.map(({name}) => name)).deep.equal(members);
    }
    expect(new Set(names).size).equal(names.length);
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
      const native = /^(t?fp?\d|bf|fp|truncated\d|drum|e?ssm|dsm|perforated)/.test(name);
      expect(evaluation, name).equal(logarithmic ? 'logAdd' : native ? 'native' : 'lut');
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
    ['drum8-7', 'drum7-7'],
    ['drum6', 'drum6-7'],
    ['realm16-3', 'realm16-4'],
    ['alm-soa-7', 'alm-soa7-7'],
  ]) {
    it(`suggests ${suggested} for ${asked}`, () => {
      expect(() => getMultiplier(asked)).to.throw(MultiplierError, `Did you mean "${suggested}"?`);
    });
  }

  for (const asked of ['nosuch', 'exact', 'nonsense7', '']) {
    it(`suggests nothing for "${asked}", to which no name is near`, () => {
      expect(() => getMultiplier(asked))
        .to.throw(MultiplierError, `found "${asked}", expected the name of a multiplier.`)
        .with.property('message')
        .that.not.contains('Did you mean');
    });
  }

  it('says what was meant before it says what names there are, and where they are listed', () => {
    expect(() => getMultiplier('mbm77')).to.throw(
      MultiplierError,
      /^Error in getMultiplier: found "mbm77", expected the name of a multiplier\. Did you mean "mbm7"\? .{1,160}lut-builder list/,
    );
  });

  it('is not confused by names that every object has', () => {
    const numbers = ['mbm', 'mbm0', 'mbm07', 'mbm-7', 'mbm7-7', 'drum6-07', 'drum06-7', 'drum6-12'];
    const suffixes = ['mbm7:', 'mbm7:lut:lut', 'mbm7:up', 'mbm7:truncate:nearestEven', ':lut'];
    for (const name of ['toString', '__proto__', '', ...numbers, ...suffixes]) {
      expect(() => getMultiplier(name), name).to.throw(MultiplierError);
    }
  });
});

describe('listFamilies', () => {
  it('says what members there are, in plain data', () => {
    const families = listFamilies();
    expect(JSON.parse(JSON.stringify(families))).deep.equal(families);
    expect(families.find(({name}) => name === 'mbm')).deep.include({
      pattern: 'mbm<m>',
      minMantissaBits: 1,
      maxMantissaBits: 11,
      parameters: [],
    });
    expect(families.find(({name}) => name === 'perforated')).deep.include({
      pattern: 'perforated<j>-<k>-<m>',
      parameters: [
        {symbol: 'j', meaning: 'first row left out', range: '0..m - 1'},
        {symbol: 'k', meaning: 'rows left out', range: '1..m - j'},
      ],
    });
  });

  it('every member can be named, has that name, and cites its source', () => {
    for (const name of memberNames('all')) {
      const multiplier = getMultiplier(name);
      expect(multiplier.name).equal(name);
      expect(multiplier.rounding).equal('truncate');
      expect(Number(/\d+$/.exec(name)![0])).equal(multiplier.format.fractionBits);
      if (!/^truncated\d/.test(name)) expect(multiplier.description).match(/\(.*(19|20)\d\d\)$/);
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
    expect(() => getMultiplier('owm')).to.throw(MultiplierError, /Did you mean "own"/);
  });

  it('refuses a name that is taken', () => {
    for (const name of ['mbm7', 'bf16', 'drum3-9']) {
      const taken = lutMultiplier(table(name));
      expect(() => registerMultiplier(taken)).to.throw(MultiplierError, `"${name}"`);
    }
  });

  it('says what to do with a file', () => {
    for (const file of ['array.safetensors', './array', 'C:\\tables\\array.npy']) {
      expect(() => getMultiplier(file)).to.throw(MultiplierError, 'to readLut of');
    }
  });

  it('takes a variant, which is there already', () => {
    registerMultiplier(getMultiplier('mbm7:nearestEven'));
    expect(listMultipliers().map(({name}) => name)).not.include('mbm7:nearestEven');
  });

  it('refuses a name that getMultiplier would not find, or take for options', () => {
    const own = lutMultiplier(table('own'));
    for (const name of [':', 'own:lut', 'own:v2', ':own', 'own:', 'mbm7:lut']) {
      expect(() => registerMultiplier({...own, name}), name).to.throw(
        MultiplierError,
        'has no ":" in it',
      );
    }
    for (const name of ['', undefined, 7]) {
      const misnamed = {...own, name} as Multiplier;
      expect(() => registerMultiplier(misnamed), String(name)).to.throw(
        MultiplierError,
        'expected a string that is not empty',
      );
    }
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
      expect(() => resolveMultiplier({...lut, ...change}), part)
        .to.throw(LutFormatError, '"')
        .with.property('part')
        .contain(part);
    }
  });
});
