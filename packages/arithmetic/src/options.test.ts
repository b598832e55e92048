// SPDX-License-Identifier: Apache-2.0
/** Options that are misspelt or cannot be: every builder refuses them before it does anything else. */
import {expect} from 'chai';
import {
  MultiplierError,
  buildLut,
  lutFromSignificandProduct,
  tabulatedMultiplier,
} from './index.js';

const product = (a: number, b: number) => a * b;

type Build = (options: Record<string, unknown>) => unknown;

const GOOD = {name: 'x', mantissaBits: 3};
const BUILDERS: Readonly<Record<string, Build>> = {
  buildLut: options => buildLut(product, {...GOOD, ...options}),
  lutFromSignificandProduct: options => lutFromSignificandProduct(() => 1, {...GOOD, ...options}),
  tabulatedMultiplier: options => tabulatedMultiplier(() => 1, {...GOOD, ...options}),
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
  it('refuse a format that there is not', async () => {
    const format = {exponentBits: 9, fractionBits: 3, subnormals: false, overflow: 'infinity'};
    const error = await refusal(BUILDERS['buildLut'], {format});
    expect(error.found).equal('a format with exponentBits = 9');
  });
});
