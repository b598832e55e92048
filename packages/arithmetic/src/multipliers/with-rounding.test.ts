// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {MultiplierError} from '../errors.js';
import {withEvaluation} from './with-evaluation.js';
import {roundOperand} from '../formats/float.js';
import {functionalModel} from './functional-model.js';
import {decodeLut, encodeLut} from '../tables/safetensors.js';
import {getMultiplier} from '../registry.js';
import {withRounding} from './with-rounding.js';
import {randomFloats} from '../testing/random.js';

describe('withRounding', () => {
  for (const name of ['mitchell7', 'drum4-7', 'kulkarni5', 'perforated0-2-6', 'bf16']) {
    for (const rounding of ['truncate', 'nearestEven'] as const) {
      it(`${name}:${rounding} is ${name} of operands rounded before`, () => {
        const base = getMultiplier(name);
        const multiply = functionalModel(base);
        const rounded = functionalModel(getMultiplier(`${name}:${rounding}`));
        const values = randomFloats(2000, base.format.fractionBits);
        const before = (x: number) => roundOperand(x, base.format, rounding);
        for (let k = 1; k < values.length; k++) {
          const [a, b] = [values[k - 1], values[k]];
          expect(rounded(a, b)).equal(multiply(before(a), before(b)));
        }
      });
    }
  }

  it('has a name, a table and a form of its own', () => {
    const mitchell7 = getMultiplier('mitchell7');
    const nearest = withRounding(mitchell7, 'nearestEven');
    expect(nearest).include({
      name: 'mitchell7:nearestEven',
      rounding: 'nearestEven',
      evaluation: 'logAdd',
    });
    expect(getMultiplier('mitchell7:nearestEven')).equal(nearest);
    expect(withRounding(mitchell7, 'truncate')).equal(mitchell7);
    expect(withRounding(getMultiplier('fp32'), 'truncate')).equal(getMultiplier('fp32'));
    expect(nearest.lut()).include({name: 'mitchell7:nearestEven', rounding: 'nearestEven'});
    expect(nearest.lut()).equal(nearest.lut());
    expect(decodeLut(encodeLut(nearest.lut()))).deep.equal(nearest.lut());
  });

  it('goes together with the evaluation form, in either order', () => {
    const forced = getMultiplier('mitchell7:nearestEven:lut');
    expect(forced).include({rounding: 'nearestEven', evaluation: 'lut'});
    expect(forced.name).equal('mitchell7:nearestEven:lut');
    expect(getMultiplier('mitchell7:lut:nearestEven')).equal(forced);
  });

  it('is the plain multiplier again when it is changed back', () => {
    for (const name of ['mbm7', 'bf16', 'drum4-7', 'mbm7:lut', 'kulkarni5']) {
      const plain = getMultiplier(name);
      const other = plain.rounding === 'truncate' ? 'nearestEven' : 'truncate';
      const changed = withRounding(plain, other);
      expect(withRounding(changed, plain.rounding)).equal(plain);
      expect(withRounding(withRounding(changed, plain.rounding), other)).equal(changed);
      expect(getMultiplier(`${name}:${plain.rounding}`)).equal(plain);
    }
  });

  it('and withEvaluation give the same objects in either order, of the names they have', () => {
    const mbm7 = getMultiplier('mbm7');
    const both = withEvaluation(withRounding(mbm7, 'nearestEven'), 'lut');
    expect(both.name).equal('mbm7:nearestEven:lut');
    expect(withRounding(withEvaluation(mbm7, 'lut'), 'nearestEven')).equal(both);
    expect(withEvaluation(both, 'logAdd')).equal(withRounding(mbm7, 'nearestEven'));
    expect(withRounding(both, 'truncate')).equal(withEvaluation(mbm7, 'lut'));
    expect(withEvaluation(withRounding(both, 'truncate'), 'logAdd')).equal(mbm7);
    for (const name of ['mbm7', 'mbm7:nearestEven', 'mbm7:lut', 'mbm7:nearestEven:lut']) {
      expect(getMultiplier(name).name).equal(name);
    }
    expect(getMultiplier('mbm7:truncate:logAdd')).equal(mbm7);
    expect(both.lut()).equal(getMultiplier('mbm7:nearestEven').lut());
  });

  it('refuses two suffixes of one kind', () => {
    for (const name of ['mbm7:truncate:nearestEven', 'mbm7:lut:lut', 'mbm7:lut:logAdd', 'mbm7:']) {
      expect(() => getMultiplier(name), name).to.throw(MultiplierError, `found "${name}"`);
    }
  });

  it('refuses a rounding there is not', () => {
    expect(() => withRounding(getMultiplier('mbm7'), 'up' as never)).to.throw(
      MultiplierError,
      'truncate or nearestEven',
    );
  });
});
