// SPDX-License-Identifier: Apache-2.0
/**
 * `pamM`: piecewise affine multiplication, the addition of bit patterns, followed by a second one
 * by the constant 1.0552 that cancels its mean error. Without the constant it is `mitchellM`.
 *
 * A. Kosson, M. Jaggi, Multiplication-free transformer training via piecewise affine operations,
 * NeurIPS, 2023.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import {ONE} from '../tables/pack.js';
import type {MultiplierFamily} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

/** The fraction of 1.0552, on the finest grid of significand products. */
const BIAS = Math.round(0.0552 * ONE) / ONE;

export const pam: MultiplierFamily = {
  name: 'pam',
  description: 'Piecewise affine, with the bias constant 1.0552 (Kosson & Jaggi 2023)',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m =>
    tabulatedMultiplier(pamProduct(m), {
      name: `pam${m}`,
      mantissaBits: m,
      description: `Piecewise affine with bias constant, ${m}-bit fractions (Kosson & Jaggi 2023)`,
      provenance: 'Kosson & Jaggi 2023, piecewise affine multiplication, constant 1.0552',
    }),
};

export function pamProduct(m: number): SignificandProduct {
  const n = 2 ** m;
  return (i, j) => {
    const s = (i + j) / n;
    // Where the constant would take the product to 4 it is left out, as in `mbmM`.
    const logarithm = s + BIAS < 2 ? s + BIAS : s;
    return logarithm < 1 ? 1 + logarithm : 2 * logarithm;
  };
}
