// SPDX-License-Identifier: Apache-2.0
/**
 * The check that a functional model is what a mantissa LUT can stand for: its result scales with
 * the operands' exponents and changes only sign with their signs.
 *
 * The model is called for all fraction pairs, at several exponent pairs, with all four sign pairs.
 */
import {RepresentabilityError} from '../errors.js';
import {largestFinite, minExponent} from '../formats/float.js';
import type {FunctionalModel} from '../multipliers/functional-model.js';
import type {FloatFormat} from '../formats/float-format.js';
import {type MantissaLut, significandProducts} from './lut.js';

/**
 * Small, large, equal, opposite and odd exponents. Sums stay far from the ends of the float32
 * range, so that even L = 2^-22 is a normal product.
 */
const EXPONENT_PAIRS = [
  [0, 0],
  [1, -2],
  [-37, 20],
  [50, 11],
] as const;

const SIGN_PAIRS = [
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const;

/**
 * Compares a model with the table built from it. Signs of zero are not compared.
 *
 * @param lut The table of the model's results at exponent 0, positive signs.
 * @param rounded How products got to the grid of the table; compared are the rounded ones.
 * @throws {RepresentabilityError} with the first pair of operands that contradicts the table, in
 *     the order exponent pair, row, column, sign pair.
 */
export function checkRepresentable(
  model: FunctionalModel,
  lut: MantissaLut,
  rounded: (product: number) => number,
): void {
  const products = significandProducts(lut);
  for (const exponents of exponentPairs(lut.format)) {
    checkAt(model, lut, products, rounded, exponents);
  }
}

function checkAt(
  model: FunctionalModel,
  {name, mantissaBits}: MantissaLut,
  products: Float32Array,
  rounded: (product: number) => number,
  [ea, eb]: readonly [number, number],
): void {
  const n = 2 ** mantissaBits;
  const scaleA = 2 ** ea;
  const scaleB = 2 ** eb;
  const scale = scaleA * scaleB;
  for (let i = 0, e = 0; i < n; i++) {
    const a = scaleA * (1 + i / n);
    for (let j = 0; j < n; j++, e++) {
      const b = scaleB * (1 + j / n);
      const magnitude = scale * products[e];
      for (const [signA, signB] of SIGN_PAIRS) {
        const expected = signA * signB * magnitude;
        const found = model(signA * a, signB * b);
        if (scale * rounded(found / scale) === expected) continue;
        const property =
          signA === 1 && signB === 1 ? 'scaling with the exponents' : 'symmetry in the signs';
        throw new RepresentabilityError(name, property, {
          a: signA * a,
          b: signB * b,
          expected,
          found,
        });
      }
    }
  }
}

/** The pairs above, drawn into the range of normal values of a format, without repeats. */
function exponentPairs(format: FloatFormat): Array<readonly [number, number]> {
  const low = minExponent(format);
  // One less than the top binade, in which a format may lack the largest fractions.
  const high = Math.max(low, Math.floor(Math.log2(largestFinite(format))) - 1);
  const clamp = (exponent: number) => Math.min(high, Math.max(low, exponent));
  const pairs = new Map<string, readonly [number, number]>();
  for (const [ea, eb] of EXPONENT_PAIRS) {
    const pair = [clamp(ea), clamp(eb)] as const;
    pairs.set(pair.join(), pair);
  }
  return [...pairs.values()];
}
