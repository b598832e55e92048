// SPDX-License-Identifier: Apache-2.0
/**
 * `kulkarniM`: built from 2 x 2-bit blocks that are exact but for 3 x 3, which gives 7 and so needs
 * only three bits (underdesigned multiplier).
 *
 * P. Kulkarni, P. Gupta, M. Ercegovac, Trading accuracy for power with an underdesigned multiplier
 * architecture, VLSI Design, 2011.
 */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import type {MultiplierFamily} from './family.js';
import {significandProductOf} from './integer.js';
import {tabulatedMultiplier} from './tabulated.js';

export const kulkarni: MultiplierFamily = {
  name: 'kulkarni',
  description: 'Underdesigned: 2 x 2-bit blocks with 3 x 3 = 7 (Kulkarni 2011)',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m =>
    tabulatedMultiplier(significandProductOf(kulkarniProduct, m), {
      name: `kulkarni${m}`,
      mantissaBits: m,
      description: `2 x 2-bit blocks with 3 x 3 = 7, ${m}-bit fractions (Kulkarni 2011)`,
      provenance: 'Kulkarni et al. 2011, underdesigned multiplier architecture',
    }),
};

/**
 * The multiplier of unsigned integers. Larger blocks add the products of smaller ones exactly, so
 * it is the exact product less 2 for each pair of base-4 digits that are both 3, at their places.
 */
export function kulkarniProduct(a: number, b: number): number {
  return a * b - 2 * placesOfThrees(a) * placesOfThrees(b);
}

/** The sum of 4^p over the places p at which the base-4 digit is 3. */
function placesOfThrees(a: number): number {
  return a & (a >>> 1) & 0x55555555;
}
