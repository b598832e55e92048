// SPDX-License-Identifier: Apache-2.0
/**
 * `realmM-m`: Mitchell's multiplier with a constant for each of M x M cells of the operands'
 * fractions, chosen so that the mean relative error of every cell is zero (reduced-error
 * approximate log-based multiplier).
 *
 * H. Saadat et al., REALM: reduced-error approximate log-based integer multiplier, DATE, 2020.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import {simpson} from './simpson.js';
import {type MultiplierFamily, memberName} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

export const realm: MultiplierFamily = {
  name: 'realm',
  description: 'Reduced-error logarithmic: M x M correction constants (Saadat 2020)',
  parameters: [
    {
      symbol: 'M',
      meaning: 'cells along each operand',
      range: '4, 8, 16 up to 2^m',
      values: m => [4, 8, 16].filter(cells => cells <= 2 ** m),
    },
  ],
  minMantissaBits: 2,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: (m, cells) =>
    tabulatedMultiplier(realmProduct(m, cells), {
      name: memberName('realm', m, [cells]),
      mantissaBits: m,
      description: `REALM-${cells}: Mitchell with ${cells} x ${cells} constants (Saadat 2020)`,
      provenance: `Saadat et al. 2020, REALM, M = ${cells}`,
    }),
};

export function realmProduct(m: number, cells: number): SignificandProduct {
  const n = 2 ** m;
  const perCell = n / cells;
  let constants: Float64Array | undefined;
  return (i, j) => {
    constants ??= correctionConstants(cells);
    const row = Math.floor(i / perCell);
    const column = Math.floor(j / perCell);
    const constant = constants[row * cells + column];
    const s = (i + j) / n;
    const uncorrected = s < 1 ? 1 + s : 2 * s;
    // There is no second carry: where the constant would cause one it is left out.
    return uncorrected + constant < 4 ? uncorrected + constant : uncorrected;
  };
}

const FRACTION_BITS = 6;

/**
 * The constants s_ij added to the significand product L of Mitchell, row-major: the integral of
 * (P - L)/P over a cell, divided by that of 1/P, where P is the exact product; rounded to 6 bits.
 */
export function correctionConstants(cells: number): Float64Array {
  const constants = new Float64Array(cells * cells);
  const width = 1 / cells;
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      const [x0, x1, y0, y1] = [i * width, (i + 1) * width, j * width, (j + 1) * width];
      const reciprocal = Math.log((1 + x1) / (1 + x0)) * Math.log((1 + y1) / (1 + y0));
      // The integrand is smooth, as the line of carries crosses whole cells only.
      const quotient = simpson(x => quotientAlongY(x, y0, y1) / (1 + x), x0, x1, 32);
      const constant = (width * width - quotient) / reciprocal;
      constants[i * cells + j] = Math.round(constant * 2 ** FRACTION_BITS) / 2 ** FRACTION_BITS;
    }
  }
  return constants;
}

/** The integral of L / (1 + y) for y0 <= y <= y1. L is 1 + x + y up to y = 1 - x, then 2(x + y). */
function quotientAlongY(x: number, y0: number, y1: number): number {
  const carry = Math.min(y1, Math.max(y0, 1 - x));
  const below = carry - y0 + x * Math.log((1 + carry) / (1 + y0));
  const above = 2 * (y1 - carry + (x - 1) * Math.log((1 + y1) / (1 + carry)));
  return below + above;
}
