// SPDX-License-Identifier: Apache-2.0
/**
 * `truncated-arrayK-M`: an array multiplier without its K lowest columns of partial products;
 * `truncated-array-constantK-M`: with a constant in their place, the mean of what they would add,
 * rounded to the columns that are left.
 *
 * M. J. Schulte, E. E. Swartzlander, Truncated multiplication with correction constant, VLSI Signal
 * Processing VI, 1993.
 */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import {type MultiplierFamily, integersFrom, memberName} from './family.js';
import {type IntegerProduct, significandProductOf} from './integer.js';
import {tabulatedMultiplier} from './tabulated.js';

export const truncatedArray = arrayFamily('truncated-array', '', () => 0);
export const truncatedArrayConstant = arrayFamily(
  'truncated-array-constant',
  ' and a constant instead',
  correctionConstant,
);

/**
 * A truncated array of unsigned integers.
 *
 * @param constant Added to every product.
 */
export function truncatedArrayProduct(k: number, constant = 0): IntegerProduct {
  return (a, b) => {
    let sum = 0;
    for (let row = 0; b >= 2 ** row; row++) {
      if (((b >>> row) & 1) === 0) continue;
      const dropped = Math.max(0, k - row);
      sum += (a >>> dropped) * 2 ** (dropped + row);
    }
    return sum + constant;
  };
}

/**
 * The mean of the dropped columns if every bit of the operands is one as often as zero, so that a
 * partial product is one in a quarter of the cases; rounded to a multiple of 2^k.
 */
export function correctionConstant(k: number, width: number): number {
  let mean = 0;
  for (let column = 0; column < k; column++) {
    const partialProducts = Math.min(column + 1, 2 * width - 1 - column);
    mean += (partialProducts * 2 ** column) / 4;
  }
  return Math.round(mean / 2 ** k) * 2 ** k;
}

function arrayFamily(
  name: string,
  addition: string,
  constant: (k: number, width: number) => number,
): MultiplierFamily {
  return {
    name,
    description: `Array without its k lowest columns${addition} (Schulte 1993)`,
    parameters: [
      {
        symbol: 'k',
        meaning: 'columns left out',
        range: '1..m + 1',
        values: m => integersFrom(1, m + 1),
      },
    ],
    minMantissaBits: 1,
    maxMantissaBits: MAX_MANTISSA_BITS,
    member: (m, k) => {
      const product = truncatedArrayProduct(k, constant(k, m + 1));
      return tabulatedMultiplier(significandProductOf(product, m), {
        name: memberName(name, m, [k]),
        mantissaBits: m,
        description: `Array without its ${k} lowest columns${addition} (Schulte 1993)`,
        provenance: `Schulte & Swartzlander 1993, truncated multiplication, k = ${k}${addition}`,
      });
    },
  };
}
