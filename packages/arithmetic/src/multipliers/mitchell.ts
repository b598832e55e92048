// SPDX-License-Identifier: Apache-2.0
/**
 * `mitchellM`: logarithms approximated by log2(1 + x) = x, so that fractions are added.
 *
 * J. N. Mitchell, Computer multiplication and division using binary logarithms, IRE Transactions
 * on Electronic Computers, 1962.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import {type MultiplierFamily, normalisedProduct} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

export const mitchell: MultiplierFamily = {
  name: 'mitchell',
  description: 'Logarithmic, with log2(1 + x) = x (Mitchell 1962)',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m =>
    tabulatedMultiplier(mitchellProduct(m), {
      name: `mitchell${m}`,
      mantissaBits: m,
      description: `Mitchell's logarithmic multiplier, ${m}-bit fractions (Mitchell 1962)`,
      closedForm: {kind: 'logAdd'},
      provenance: 'Mitchell 1962, Computer multiplication and division using binary logarithms',
    }),
};

export function mitchellProduct(m: number): SignificandProduct {
  const n = 2 ** m;
  return (i, j) => {
    const s = i + j;
    return s >= n ? normalisedProduct(1, s - n, n) : normalisedProduct(0, s, n);
  };
}
