// SPDX-License-Identifier: Apache-2.0
/**
 * `robaM`: with p and q the powers of two nearest to the operands a and b, their product
 * ab = (a - p)(b - q) + pb + qa - pq without its first term (rounding-based approximate).
 *
 * R. Zendegani et al., RoBA multiplier: a rounding-based approximate multiplier for high-speed yet
 * energy-efficient digital signal processing, IEEE TVLSI, 2017.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import type {MultiplierFamily} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

export const roba: MultiplierFamily = {
  name: 'roba',
  description: 'Rounding-based: operands close to a power of two (Zendegani 2017)',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m =>
    tabulatedMultiplier(robaProduct(m), {
      name: `roba${m}`,
      mantissaBits: m,
      description: `Rounding-based approximate multiplier, ${m}-bit fractions (Zendegani 2017)`,
      provenance: 'Zendegani et al. 2017, RoBA multiplier',
    }),
};

export function robaProduct(m: number): SignificandProduct {
  const n = 2 ** m;
  return (i, j) => {
    // Halfway between powers of two is rounded up.
    const p = 2 * i < n ? 1 : 2;
    const q = 2 * j < n ? 1 : 2;
    return p * (1 + j / n) + q * (1 + i / n) - p * q;
  };
}
