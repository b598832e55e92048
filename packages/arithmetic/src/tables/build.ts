// SPDX-License-Identifier: Apache-2.0
/** Building a mantissa LUT from a functional model, and refusing models no LUT can stand for. */
import type {FunctionalModel} from '../multipliers/functional-model.js';
import {type LutOptions, completeOptions, lutFromSignificandProduct} from './from-product.js';
import type {MantissaLut} from './lut.js';
import {productRounding} from './product-rounding.js';
import {checkRepresentable} from './representability.js';

/**
 * Tabulates a model, then calls it again at other exponents and signs to see that the table tells
 * the whole story. That takes 17 calls per fraction pair: about a second at m = 11.
 *
 * @param model A pure function of two float32 values. It is called with values of m fraction bits
 *     only; the rounding of other operands is said by `options.rounding` and done before it.
 * @throws {RepresentabilityError} with the first counter-example (operands, expected, found).
 * @throws {MultiplierError} if the options are not usable.
 */
export function buildLut(model: FunctionalModel, options: LutOptions): MantissaLut {
  const n = 2 ** completeOptions(options).mantissaBits;
  const lut = lutFromSignificandProduct((i, j) => model(1 + i / n, 1 + j / n), options);
  checkRepresentable(model, lut, productRounding(options.productBits));
  return lut;
}
