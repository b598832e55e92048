// SPDX-License-Identifier: Apache-2.0
/**
 * `oamL-M`: in each of 2^L x 2^L cells of the operands' fractions the plane that is closest to
 * their product and unbiased. It is the exact product less (x - c)(y - d), where c and d are the
 * middle of the cell (optimally approximated multiplier, level L).
 *
 * C. Chen et al., Optimally approximated and unbiased floating-point multiplier with runtime
 * configurability, ICCAD, 2020.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import {type MultiplierFamily, integersFrom, memberName} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

export const oam: MultiplierFamily = {
  name: 'oam',
  description: 'Optimal piecewise linear: 2^L x 2^L planes (Chen 2020)',
  parameters: [
    {
      // At L = m a cell would be one pair of fractions, and its middle none.
      symbol: 'L',
      meaning: 'level: 2^L cells along each operand',
      range: '0..3, below m',
      values: m => integersFrom(0, Math.min(3, m - 1)),
    },
  ],
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: (m, level) =>
    tabulatedMultiplier(oamProduct(m, level), {
      name: memberName('oam', m, [level]),
      mantissaBits: m,
      description: `Optimal piecewise linear multiplier, level ${level} (Chen 2020)`,
      provenance: `Chen et al. 2020, optimally approximated multiplier, level ${level}`,
    }),
};

export function oamProduct(m: number, level: number): SignificandProduct {
  const n = 2 ** m;
  const cells = 2 ** level;
  const middle = (x: number) => (Math.floor(x * cells) + 0.5) / cells;
  return (i, j) => {
    const x = i / n;
    const y = j / n;
    return (1 + x) * (1 + y) - (x - middle(x)) * (y - middle(y));
  };
}
