// SPDX-License-Identifier: Apache-2.0
/** Options that are misspelt or cannot be: every builder refuses them before it does anything else. */
import {expect} from 'chai';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {lutFromC, lutFromVerilog} from '../node.js';
import {lutFromModule} from './module.js';

type Build = (options: Record<string, unknown>) => unknown;

const GOOD = {name: 'x', mantissaBits: 3};
// None of the files is there: options come first.
const BUILDERS: Readonly<Record<string, Build>> = {
  lutFromC: options => lutFromC('none.c', options),
  lutFromVerilog: options => lutFromVerilog('none.v', options),
  lutFromModule: options => lutFromModule('none.mjs', {...GOOD, ...options}),
};

async function refusal(build: Build, options: Record<string, unknown>): Promise<MultiplierError> {
  try {
    await build(options);
  } catch (error) {
    expect(error, String(error)).instanceOf(MultiplierError);
    return error as MultiplierError;
  }
  throw new Error('The options were not refused.');
}

for (const [name, build] of Object.entries(BUILDERS)) {
  describe(`options of ${name}`, () => {
    it('have to be spelt as they are', async () => {
      const error = await refusal(build, {roundign: 'nearestEven'});
      expect(error.found).equal('the option roundign');
      expect(error.remedy).equal('Did you mean rounding?');
      expect((await refusal(build, {mantissaBit: 7})).remedy).equal('Did you mean mantissaBits?');
    });

    for (const [key, value, expected] of [
      ['rounding', 'nearest', 'truncate or nearestEven'],
      ['name', 7, 'a text that is not empty'],
      ['format', 'fp16', 'a FloatFormat'],
      ['productBits', 23, 'an integer in 0..22'],
      ['provenance', 7, 'a text'],
    ] as const) {
      it(`refuse ${key} = ${value}`, async () => {
        const error = await refusal(build, {[key]: value});
        expect(error.found).contain(`${key} = `);
        expect(error.expected).contain(expected);
      });
    }

    it('may be undefined', async () => {
      const error = await Promise.resolve()
        .then(() => build({rounding: undefined}))
        .catch((cause: unknown) => cause);
      expect(error).not.instanceOf(MultiplierError);
    });
  });
}

describe('options of some builders', () => {
  it('refuse what is no folder, port, bit or limit', async () => {
    for (const build of [BUILDERS['lutFromC'], BUILDERS['lutFromVerilog']]) {
      expect((await refusal(build, {includeFolders: 'inc'})).expected).equal('an array of texts');
      expect((await refusal(build, {timeLimit: '5'})).expected).contain('seconds above 0');
    }
    expect((await refusal(BUILDERS['lutFromC'], {mantissaBits: 12})).expected).contain('1..11');
    expect((await refusal(BUILDERS['lutFromC'], {memoryLimit: 1})).expected).contain('2..4095');
    expect((await refusal(BUILDERS['lutFromC'], {top: 'mul'})).found).equal('the option top');
    expect((await refusal(BUILDERS['lutFromVerilog'], {ports: 'a,b,p'})).expected).contain('array');
  });
});
