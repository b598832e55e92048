// SPDX-License-Identifier: Apache-2.0
/** Which models get a table, which table, and with what counter-example the others are refused. */
import {expect} from 'chai';
import {MultiplierError, RepresentabilityError} from '../errors.js';
import {FP16, roundOperand} from '../formats/float.js';
import {type FunctionalModel, functionalModel} from '../multipliers/functional-model.js';
import {getMultiplier} from '../registry.js';
import {buildLut} from './build.js';
import {type LutOptions, lutFromSignificandProduct} from './from-product.js';
import {significandProducts} from './lut.js';

const exact: FunctionalModel = (a, b) => Math.fround(a * b);

function refusal(model: FunctionalModel, options: Partial<LutOptions> = {}): RepresentabilityError {
  try {
    buildLut(model, {name: 'model', mantissaBits: 3, ...options});
  } catch (error) {
    if (error instanceof RepresentabilityError) return error;
    throw error;
  }
  throw new Error('The model was not refused.');
}

describe('buildLut', () => {
  for (const name of ['mbm7', 'mitchell4', 'truncated8', 'bf16', 'fp16', 'mbm1']) {
    it(`builds the table of ${name} again from its functional model`, () => {
      const multiplier = getMultiplier(name);
      const lut = buildLut(functionalModel(multiplier), {
        name,
        mantissaBits: multiplier.format.fractionBits,
        format: multiplier.format,
        rounding: multiplier.rounding,
        provenance: multiplier.lut().provenance,
      });
      expect(lut).deep.equal(multiplier.lut());
    });
  }

  it('truncates operands of the float32 range unless told otherwise', () => {
    const lut = buildLut(exact, {name: 'exact2', mantissaBits: 2});
    expect(lut.rounding).equal('truncate');
    expect(lut.format).deep.equal({
      exponentBits: 8,
      fractionBits: 2,
      subnormals: false,
      overflow: 'infinity',
    });
    expect([...significandProducts(lut)].slice(0, 8)).deep.equal([
      1, 1.25, 1.5, 1.75, 1.25, 1.5625, 1.875, 2.1875,
    ]);
  });

  it('takes a model that only knows the range of its own format', () => {
    const model: FunctionalModel = (a, b) => {
      for (const x of [a, b]) expect(roundOperand(x, FP16, 'nearestEven')).equal(x);
      return a * b;
    };
    const format = {...FP16, fractionBits: 3};
    expect(buildLut(model, {name: 'small', mantissaBits: 3, format}).format).equal(format);
  });

  it('does not compare signs of zero', () => {
    const lut = buildLut(
      (a, b) => (Math.abs(a) === 2 ** Math.floor(Math.log2(Math.abs(a))) ? 0 : a * b),
      {
        name: 'zeroRow',
        mantissaBits: 2,
      },
    );
    expect([...significandProducts(lut)].slice(0, 4)).deep.equal([0, 0, 0, 0]);
  });

  it('refuses a result that depends on the exponents otherwise than by scaling', () => {
    const error = refusal((a, b) => a * b * (Math.abs(a) >= 2 && Math.abs(b) < 0.3 ? 0.5 : 1));
    expect(error.property).equal('scaling with the exponents');
    expect(error.counterexample).deep.equal({a: 2, b: 0.25, expected: 0.5, found: 0.25});
    expect(error.message).contain('"model"').and.contain('(2, 0.25)');
    expect(error.message).contain('found 0.25, expected 0.5');
  });

  it('refuses a result that depends on far exponents only', () => {
    const error = refusal((a, b) => (Math.abs(a) > 2 ** 40 ? 0 : a * b));
    expect(error.counterexample).deep.equal({a: 2 ** 50, b: 2 ** 11, expected: 2 ** 61, found: 0});
  });

  it('refuses a result that is not sign-symmetric', () => {
    const error = refusal((a, b) => (a < 0 && b < 0 && b < -1.2 ? a * b + 1 : a * b));
    expect(error.property).equal('symmetry in the signs');
    expect(error.counterexample).deep.equal({a: -1, b: -1.25, expected: 1.25, found: 2.25});
  });

  it('refuses a magnitude without a sign', () => {
    const error = refusal((a, b) => Math.abs(a * b));
    expect(error.counterexample).deep.equal({a: -1, b: 1, expected: -1, found: 1});
  });

  for (const [what, value] of [
    ['4', 4],
    ['a negative value', -0.5],
    ['NaN', NaN],
    ['infinity', Infinity],
  ] as const) {
    it(`refuses a significand product of ${what}`, () => {
      const error = refusal((a, b) => (a === 1.125 && b === 1.5 ? value : a * b));
      expect(error.property).equal('significand product in [0, 4)');
      expect(error.counterexample).deep.equal({
        a: 1.125,
        b: 1.5,
        expected: 'a value in [0, 4)',
        found: value,
      });
    });
  }

  it('refuses a significand product off the 2^-22 grid', () => {
    const error = refusal((a, b) => a * b + (a === 1.875 ? 2 ** -23 : 0));
    expect(error.property).contain('2^-22 grid');
    expect(error.counterexample).deep.equal({
      a: 1.875,
      b: 1,
      expected: 'a multiple of 2^-22',
      found: 1.875 + 2 ** -23,
    });
    expect(error.message).contain('--product-bits');
  });

  describe('with productBits', () => {
    /** A float32 model with a constant: its products have 24 significant bits. */
    const biased: FunctionalModel = (a, b) => Math.fround(Math.fround(a * b) * Math.fround(0.9833));

    /** In integers, of a float32 value: value * 2^bits to nearest, ties to even. */
    function units(value: number, bits: number): number {
      const below = 23 - bits;
      const exact = BigInt(value * 2 ** 23);
      const floor = exact >> BigInt(below);
      const rest = exact - (floor << BigInt(below));
      const half = 1n << BigInt(below - 1);
      const isUp = rest > half || (rest === half && floor % 2n === 1n);
      return Number(isUp ? floor + 1n : floor);
    }

    for (const productBits of [22, 14, 3]) {
      it(`rounds products to the nearest multiple of 2^-${productBits}`, () => {
        expect(refusal(biased).property).contain('2^-22 grid');
        const options = {name: 'biased', mantissaBits: 5, provenance: 'a test', productBits};
        const lut = buildLut(biased, options);
        expect(lut.provenance).equal(
          `a test; products rounded to the nearest multiple of 2^-${productBits}`,
        );
        const expected = Array.from({length: 1024}, (_, e) => {
          const product = biased(1 + (e >> 5) / 32, 1 + (e & 31) / 32);
          return units(product, productBits) / 2 ** productBits;
        });
        expect([...significandProducts(lut)]).deep.equal(expected);
      });
    }

    it('rounds ties to even', () => {
      const lut = buildLut(exact, {name: 'ties', mantissaBits: 1, productBits: 1});
      expect([...significandProducts(lut)]).deep.equal([1, 1.5, 1.5, 2]);
      const quarters = lutFromSignificandProduct((i, j) => [1.25, 1.75, 2.25, 2.75][2 * i + j], {
        name: 'quarters',
        mantissaBits: 1,
        productBits: 1,
      });
      expect([...significandProducts(quarters)]).deep.equal([1, 2, 2, 3]);
    });

    it('compares rounded products at other exponents and signs', () => {
      const options = {productBits: 10};
      const wobbling: FunctionalModel = (a, b) => a * b * (1 + (a < 0 ? 2 ** -20 : 2 ** -19));
      expect(buildLut(wobbling, {name: 'w', mantissaBits: 3, ...options}).resultBits).at.most(10);
      const doubled = refusal((a, b) => biased(a, b) * (Math.abs(a) === 2 ? 2 : 1), options);
      expect(doubled.property).equal('scaling with the exponents');
      expect(doubled.counterexample).deep.include({a: 2, b: 0.25, found: 2 * biased(2, 0.25)});
      expect(refusal((a, b) => Math.abs(biased(a, b)), options).property).equal(
        'symmetry in the signs',
      );
      expect(refusal((a, b) => biased(a, b) * 3, options).property).contain('[0, 4)');
      const large = refusal((a, b) => (a > 1.8 && b > 1.8 ? 4 - 2 ** -12 : a * b), options);
      expect(large.property).equal('significand product in [0, 4)');
      expect(large.remedy).contain('4 once rounded: raise the option productBits');
      expect(refusal(() => NaN, options).property).contain('[0, 4)');
    });

    for (const productBits of [-1, 23, 1.5, NaN]) {
      it(`refuses ${productBits}`, () => {
        expect(() => buildLut(exact, {name: 'x', mantissaBits: 3, productBits})).to.throw(
          MultiplierError,
          `found productBits = ${productBits}, expected an integer in 0..22`,
        );
      });
    }
  });

  for (const mantissaBits of [0, 12, 2.5, NaN]) {
    it(`refuses ${mantissaBits} mantissa bits`, () => {
      expect(() => buildLut(exact, {name: 'x', mantissaBits})).to.throw(MultiplierError, '1..11');
    });
  }

  it('refuses a format of another width', () => {
    expect(() => buildLut(exact, {name: 'x', mantissaBits: 7, format: FP16})).to.throw(
      MultiplierError,
      'fractionBits = 10',
    );
  });
});

describe('the encoding of a table', () => {
  const build = (products: number[]) =>
    lutFromSignificandProduct((i, j) => products[2 * i + j], {name: 'x', mantissaBits: 1});
  const facts = (products: number[]) => {
    const {encoding, resultBits, entries} = build(products);
    return {encoding, resultBits, type: entries.constructor.name, entries: [...entries]};
  };

  it('is normalised where all products are in [1, 4), with the fewest mantissa bits', () => {
    expect(facts([1, 1.5, 2, 3.5])).deep.equal({
      encoding: 'normalised',
      resultBits: 2,
      type: 'Uint8Array',
      entries: [0, 2, 4, 7],
    });
    expect(facts([1, 2, 2, 1])).deep.equal({
      encoding: 'normalised',
      resultBits: 0,
      type: 'Uint8Array',
      entries: [0, 1, 1, 0],
    });
  });

  it('is fixed where one product is below 1, with the fewest fraction bits', () => {
    expect(facts([0, 0.5, 1, 3.75])).deep.equal({
      encoding: 'fixed',
      resultBits: 2,
      type: 'Uint8Array',
      entries: [0, 2, 4, 15],
    });
    expect(facts([0, 1, 2, 3]).resultBits).equal(0);
    expect(facts([0, 0, 0, 0])).deep.include({resultBits: 0, entries: [0, 0, 0, 0]});
  });

  it('uses the narrowest integers', () => {
    expect(facts([1, 1, 1, 2 + 2 ** -6]).type).equal('Uint8Array');
    expect(facts([1, 1, 1, 2 + 2 ** -7]).type).equal('Uint16Array');
    expect(facts([1, 1, 1, 2 + 2 ** -14]).type).equal('Uint16Array');
    expect(facts([1, 1, 1, 2 + 2 ** -15]).type).equal('Uint32Array');
  });

  it('loses nothing down to the finest grid', () => {
    for (const products of [
      [1, 1 + 2 ** -22, 4 - 2 ** -22, 2 + 2 ** -22],
      [0, 2 ** -22, 4 - 2 ** -22, 1 + 2 ** -22],
    ]) {
      expect([...significandProducts(build(products))]).deep.equal(products);
    }
  });
});
