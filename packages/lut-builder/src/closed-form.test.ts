// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {type ClosedForm, closedFormProduct, proveClosedForm} from './closed-form.js';
import {MultiplierError} from './errors.js';
import {withEvaluation} from './evaluation.js';
import {lutFromSignificandProduct} from './lut/from-product.js';
import {tabulatedMultiplier} from './models/tabulated.js';
import {getMultiplier, listMultipliers} from './registry.js';

describe('closed forms', () => {
  // Building a table proves the form of the multiplier that declares it.
  for (const {name, exact} of listMultipliers()) {
    if (exact) continue;
    it(`${name} equals its table on all fraction pairs`, () => {
      const {closedForm, lut} = getMultiplier(name);
      if (closedForm) proveClosedForm(closedForm, lut());
      else lut();
    });
  }

  it('logAdd adds fractions, then constants, and keeps L where V would reach 4', () => {
    const form = {kind: 'logAdd', offset: 0.25} as const;
    expect(closedFormProduct(form, 2, 1, 1)).equal(1.5 + 0.25);
    expect(closedFormProduct(form, 2, 2, 3)).equal(2.5 + 0.25);
    expect(closedFormProduct({kind: 'logAdd', offset: 1}, 2, 3, 3)).equal(3);
    expect(closedFormProduct({kind: 'logAdd', logOffset: 2 ** 20}, 2, 0, 0)).equal(1.125);
    expect(closedFormProduct({kind: 'logAdd', setLowestBit: true}, 2, 0, 2)).equal(2);
    expect(closedFormProduct({kind: 'logAdd', offset: 0.375, productBits: 1}, 2, 0, 0)).equal(1);
  });

  it('native multiplies the given significands and cuts the product', () => {
    const form: ClosedForm = {
      kind: 'native',
      firstSignificands: Float32Array.of(1.25, 1.25, 1.75, 1.75),
      productBits: 2,
    };
    expect(closedFormProduct(form, 2, 0, 1)).equal(1.5);
    expect(closedFormProduct(form, 2, 3, 3)).equal(3);
  });

  it('are refused where they differ from the table, with the first pair', () => {
    const lut = lutFromSignificandProduct(
      (i, j) => ((4 + i) * (4 + j)) / 16 + (i * j === 6 ? 1 : 0),
      {name: 'bent', mantissaBits: 2},
    );
    expect(() => proveClosedForm({kind: 'native'}, lut)).to.throw(
      MultiplierError,
      /at \(1\.5, 1\.75\)/,
    );
    for (const kind of ['native', 'logAdd'] as const) {
      const wrong = tabulatedMultiplier(() => 1, {
        name: 'wrong',
        description: '',
        mantissaBits: 3,
        closedForm: {kind},
      });
      expect(() => wrong.lut()).to.throw(MultiplierError, `the ${kind} product 1.125`);
    }
  });
});

describe('withEvaluation', () => {
  it('forces the table, under a name of its own', () => {
    const mbm7 = getMultiplier('mbm7');
    const forced = withEvaluation(mbm7, 'lut');
    expect(forced).deep.include({name: 'mbm7:lut', evaluation: 'lut', exact: false});
    expect(forced.lut()).equal(mbm7.lut());
    expect(withEvaluation(mbm7, 'lut')).equal(forced);
    expect(getMultiplier('mbm7:lut')).equal(forced);
    expect(withEvaluation(mbm7, 'logAdd')).equal(mbm7);
  });

  it('refuses a form the multiplier does not have', () => {
    expect(() => withEvaluation(getMultiplier('mbm7'), 'native')).to.throw(
      MultiplierError,
      'expected logAdd or lut',
    );
    expect(() => getMultiplier('fp32:lut')).to.throw(MultiplierError);
    expect(() => getMultiplier('fp33:lut')).to.throw(MultiplierError, 'Did you mean');
  });
});
