// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import type {Accumulator} from './accumulators/accumulator.js';
import {accumulator} from './accumulators/by-name.js';
import {fp32Accumulator} from './accumulators/fp32.js';
import {MultiplierError} from './errors.js';
import {isExact, isMacUnit, macUnit, unitOf} from './mac-unit.js';
import {functionalModel} from './multipliers/functional-model.js';
import {getMultiplier, registerMultiplier, resolveMultiplier} from './registry.js';
import {resolveMacUnit} from './resolve-mac-unit.js';
import {lutMultiplier} from './tables/lut-multiplier.js';

const mbm7 = getMultiplier('mbm7');
const ascending: Accumulator = {
  ...fp32Accumulator,
  name: 'ascending',
  plan: (_outputs, k) => ({blocks: 1, blockSize: k}),
};

describe('MAC units', () => {
  it('a multiplier is the unit that adds in float32, and has its name', () => {
    const unit = unitOf(mbm7);
    const encoding = {kind: 'float', format: mbm7.format, rounding: mbm7.rounding};
    expect(unit.name).to.equal('mbm7');
    expect(unit.first).to.deep.equal(encoding);
    expect(unit.second).to.deep.equal(encoding);
    expect(unit.product).to.include({kind: 'logAdd', form: mbm7.closedForm, exact: false});
    expect(unit.accumulator).to.equal(fp32Accumulator);
    expect(unitOf(mbm7)).to.equal(unit);
  });

  it('products are by the form in which engines evaluate them', () => {
    const kind = (name: string) => resolveMacUnit(name).product.kind;
    expect(['fp32', 'bf16', 'mitchell7', 'mbm7:lut', 'roba7'].map(kind)).to.deep.equal([
      'native',
      'native',
      'logAdd',
      'lut',
      getMultiplier('roba7').evaluation,
    ]);
  });

  it('units of one multiplier share operands and product, whatever adds them', () => {
    const unit = macUnit({multiplier: mbm7, accumulator: ascending});
    expect(unit.name).to.equal('mbm7+ascending');
    expect(unit.product).to.equal(unitOf(mbm7).product);
    expect(macUnit({multiplier: mbm7, accumulator: ascending})).to.equal(unit);
    expect(functionalModel(unit)(3, 5)).to.equal(functionalModel(mbm7)(3, 5));
  });

  it('only float32 products added in float32 are exact', () => {
    const fp32 = getMultiplier('fp32');
    expect(isExact(unitOf(fp32))).to.equal(true);
    expect(isExact(macUnit({multiplier: fp32, accumulator: ascending}))).to.equal(true);
    expect(isExact(unitOf(mbm7))).to.equal(false);
  });

  it('an accumulator that breaks its contract is refused', () => {
    const unit = (wrong: object) => () =>
      macUnit({multiplier: mbm7, accumulator: {...ascending, ...wrong}});
    expect(unit({kind: 'bf16'})).to.throw(MultiplierError, 'found kind = "bf16", expected "fp32"');
    expect(unit({name: ''})).to.throw(MultiplierError, 'found name = ""');
    expect(unit({add: Math.max})).to.throw(MultiplierError, 'found additions of its own');
    expect(unit({plan: 7})).to.throw(MultiplierError, 'found plan = number');
  });
});

describe('resolveMacUnit', () => {
  it('takes a name, a multiplier, a table or a unit', () => {
    const unit = unitOf(mbm7);
    expect(resolveMacUnit('mbm7')).to.equal(unit);
    expect(resolveMacUnit(mbm7)).to.equal(unit);
    expect(resolveMacUnit(unit)).to.equal(unit);
    const lut = mbm7.lut();
    expect(resolveMacUnit(lut)).to.equal(unitOf(lutMultiplier(lut)));
    expect(isMacUnit(unit)).to.equal(true);
  });

  it('reads <multiplier>+<accumulator>', () => {
    expect(resolveMacUnit('mbm7+fp32')).to.equal(unitOf(mbm7));
    expect(resolveMacUnit('mbm7:lut+fp32')).to.equal(unitOf(getMultiplier('mbm7:lut')));
    expect(accumulator('fp32')).to.equal(fp32Accumulator);
  });

  it('suggests an accumulator', () => {
    for (const name of ['mbm7+fp23', 'mbm7+FP32', 'mbm7+fp32:separate']) {
      const message = `found "${name.slice(5)}", expected the name of an accumulator. Did you mean "fp32"?`;
      expect(() => resolveMacUnit(name), name).to.throw(MultiplierError, message);
    }
    expect(() => resolveMacUnit('mbm7+')).to.throw(MultiplierError, 'found "", expected');
    expect(() => resolveMacUnit('mbm77+fp32')).to.throw(MultiplierError, 'Did you mean "mbm7"');
  });

  it('refuses a unit that was put together by hand, and other values as resolveMultiplier does', () => {
    expect(() => resolveMacUnit({...unitOf(mbm7)})).to.throw(MultiplierError, 'by hand');
    for (const value of [null, undefined, 7, {}] as never[]) {
      let message = '';
      try {
        resolveMultiplier(value);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(() => resolveMacUnit(value)).to.throw(MultiplierError, message);
    }
  });

  it('keeps + out of the names of registered multipliers', () => {
    expect(() => registerMultiplier({...getMultiplier('mbm7:lut'), name: 'mine+more'})).to.throw(
      MultiplierError,
      'expected a name that has no "+" in it',
    );
  });
});
