// SPDX-License-Identifier: Apache-2.0
/** `truncatedM`: operands truncated to M fraction bits, and so is their exact product. */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import {type MultiplierFamily, normalisedProduct} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

export const truncated: MultiplierFamily = {
  name: 'truncated',
  description: 'Exact product of truncated operands, truncated to m bits',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m => {
    const n = 2 ** m;
    return tabulatedMultiplier(
      (i, j) => {
        const p = (n + i) * (n + j);
        const carry = p >= 2 * n * n ? 1 : 0;
        return normalisedProduct(carry, (p >> (m + carry)) - n, n);
      },
      {
        name: `truncated${m}`,
        mantissaBits: m,
        description: `Exact product of ${m}-bit fractions, truncated to ${m} bits`,
        closedForm: {kind: 'native', productBits: m},
        provenance: `Truncated exact product, ${m}-bit fractions`,
      },
    );
  },
};
