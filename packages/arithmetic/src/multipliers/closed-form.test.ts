// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {type ClosedForm, closedFormProduct, proveClosedForm} from './closed-form.js';
import {checkMultiplier} from './check-multiplier.js';
import {MultiplierError} from '../errors.js';
import {withEvaluation} from './with-evaluation.js';
import {lutFromSignificandProduct} from '../tables/from-product.js';
import {lutMultiplier} from '../tables/lut-multiplier.js';
import {tabulatedMultiplier} from './tabulated.js';
import {getMultiplier, listMultipliers} from '../registry.js';

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

  const values = (...first: number[]) => ({
    kind: 'native',
    firstSignificands: Float32Array.from([...first, 1, 1, 1, 1].slice(0, 4)),
  });
  for (const [form, message] of [
    [{kind: 'product'}, 'kind = product, expected native or logAdd'],
    [{kind: 'native', productBits: -1}, 'productBits = -1, expected an integer in 0..23'],
    [{kind: 'native', productBits: 24}, 'productBits = 24'],
    [{kind: 'logAdd', productBits: NaN}, 'productBits = NaN'],
    [{kind: 'native', firstSignificands: new Float32Array(3)}, 'firstSignificands.length = 3'],
    [{kind: 'native', secondSignificands: [1, 1, 1, 1]}, 'a Float32Array'],
    [values(1, 4), 'firstSignificands[1] = 4, expected 0, or 2^-22 or more and below 4'],
    [values(-1), 'firstSignificands[0] = -1'],
    [values(-0), 'firstSignificands[0] = -0'],
    [values(1, 1, NaN), 'firstSignificands[2] = NaN'],
    // Its products would be 0 in float32, and not 0 with an engine's exponents.
    [values(1, 1, 1, 2 ** -120), 'firstSignificands[3] = 7.5'],
    [{kind: 'logAdd', setLowestBit: 1}, 'setLowestBit = 1, expected true or false'],
    [{kind: 'logAdd', logOffset: 0.5}, 'logOffset = 0.5, expected an integer in -2^23..2^23'],
    [{kind: 'logAdd', logOffset: 2 ** 24}, 'logOffset = 16777216'],
    [{kind: 'logAdd', offset: -0.25}, 'offset = -0.25, expected a multiple of 2^-22 in [0, 1)'],
    [{kind: 'logAdd', offset: 1}, 'offset = 1'],
    [{kind: 'logAdd', offset: 2 ** -23}, 'offset = 1.1'],
  ] as [ClosedForm, string][]) {
    it(`are refused with ${message.split(',')[0]}`, () => {
      const lut = lutFromSignificandProduct(() => 1, {name: 'bounds', mantissaBits: 2});
      for (const use of [
        () => proveClosedForm(form, lut),
        () => checkMultiplier({...lutMultiplier(lut), closedForm: form}),
      ]) {
        expect(use).to.throw(MultiplierError, 'Error in closed form of "bounds": found ');
        expect(use).to.throw(MultiplierError, message);
      }
    });
  }

  it('are compared with their table once', () => {
    const lut = lutFromSignificandProduct((i, j) => ((4 + i) * (4 + j)) / 16, {
      name: 'counted',
      mantissaBits: 2,
    });
    let reads = 0;
    const form: ClosedForm = {
      kind: 'native',
      get firstSignificands() {
        reads++;
        return undefined;
      },
    };
    proveClosedForm(form, lut);
    const once = reads;
    expect(once).to.be.above(15);
    proveClosedForm(form, lut);
    proveClosedForm(form, {...lut, name: 'counted:nearestEven', rounding: 'nearestEven'});
    expect(reads).equal(once);
    // The same entries, read in another way, are another table.
    expect(() => proveClosedForm(form, {...lut, resultBits: lut.resultBits - 1})).to.throw(
      MultiplierError,
    );
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
