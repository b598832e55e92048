// SPDX-License-Identifier: Apache-2.0
/**
 * `mitchellM`: logarithms approximated by log2(1 + x) = x, so that fractions are added.
 *
 * J. N. Mitchell, Computer multiplication and division using binary logarithms, IRE Transactions
 * on Electronic Computers, 1962.
 */
import {MAX_MANTISSA_BITS} from '../lut/from-product.js';
import {type MultiplierFamily, normalisedProduct} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

export const mitchell: MultiplierFamily = {
  name: 'mitchell',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m => {
    const n = 2 ** m;
    return tabulatedMultiplier(
      (i, j) => {
        const s = i + j;
        return s >= n ? normalisedProduct(1, s - n, n) : normalisedProduct(0, s, n);
      },
      {
        name: `mitchell${m}`,
        mantissaBits: m,
        description: `Mitchell's logarithmic multiplier, ${m}-bit fractions (Mitchell 1962)`,
        closedForm: {kind: 'logAdd'},
        provenance: 'Mitchell 1962, Computer multiplication and division using binary logarithms',
      },
    );
  },
};
