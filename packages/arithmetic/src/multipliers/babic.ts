// SPDX-License-Identifier: Apache-2.0
/**
 * `babicN-M`: the iterative logarithmic multiplier with N corrections. With 2^p and 2^q the leading
 * ones of a and b, ab = 2^p b + 2^q a - 2^(p+q) + (a - 2^p)(b - 2^q); each correction computes the
 * last term in the same way, and what is left after the last of them is dropped.
 *
 * Z. Babic, A. Avramovic, P. Bulic, An iterative logarithmic multiplier, Microprocessors and
 * Microsystems, 2011.
 */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import {type MultiplierFamily, integersFrom, memberName} from './family.js';
import {type IntegerProduct, bitLength, significandProductOf} from './integer.js';
import {tabulatedMultiplier} from './tabulated.js';

export const babic: MultiplierFamily = {
  name: 'babic',
  description: 'Iterative logarithmic, n corrections (Babic 2011)',
  parameters: [
    {symbol: 'n', meaning: 'corrections', range: '0..3', values: () => integersFrom(0, 3)},
  ],
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: (m, n) =>
    tabulatedMultiplier(significandProductOf(babicProduct(n), m), {
      name: memberName('babic', m, [n]),
      mantissaBits: m,
      description: `Iterative logarithmic multiplier, corrections: ${n} (Babic 2011)`,
      provenance: `Babic et al. 2011, An iterative logarithmic multiplier, ${n} corrections`,
    }),
};

/** The iterative logarithmic multiplier of unsigned integers. */
export function babicProduct(corrections: number): IntegerProduct {
  return (a, b) => {
    let sum = 0;
    for (let round = 0; round <= corrections && a > 0 && b > 0; round++) {
      const p = 2 ** (bitLength(a) - 1);
      const q = 2 ** (bitLength(b) - 1);
      sum += p * b + q * a - p * q;
      a -= p;
      b -= q;
    }
    return sum;
  };
}
