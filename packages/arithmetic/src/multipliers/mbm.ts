// SPDX-License-Identifier: Apache-2.0
/**
 * `mbmM`: Mitchell's multiplier with its mean error cancelled by a constant (minimally biased),
 * on operands whose lowest fraction bit is set (set-LSB truncation).
 *
 * H. Saadat et al., Minimally biased multipliers for approximate integer and floating-point
 * multiplication, IEEE TCAD, 2018; as in ApproxTrain, J. Gong et al., arXiv 2209.04161.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import {type MultiplierFamily, normalisedProduct} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

/** 2^-4 + 2^-6 */
const CORRECTION = 0.078125;

export const mbm: MultiplierFamily = {
  name: 'mbm',
  description: 'Minimally biased logarithmic, as in ApproxTrain (Saadat 2018)',
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: m =>
    tabulatedMultiplier(mbmProduct(m), {
      name: `mbm${m}`,
      mantissaBits: m,
      description: `Minimally biased logarithmic multiplier, ${m}-bit fractions (Saadat 2018)`,
      // Below m = 7 the halved constant and the bit shifted out on carry fall off the m-bit grid.
      closedForm: {
        kind: 'logAdd',
        setLowestBit: true,
        offset: Math.floor(CORRECTION * 2 ** m) / 2 ** m,
        ...(m < 7 ? {productBits: m} : {}),
      },
      provenance: 'Saadat et al. 2018, Minimally biased multipliers; as in ApproxTrain',
    }),
};

export function mbmProduct(m: number): SignificandProduct {
  const n = 2 ** m;
  const correction = Math.floor(CORRECTION * n);
  // The same as halving first and cutting to m bits then.
  const correctionOnCarry = correction >> 1;
  return (i, j) => {
    const s = (i | 1) + (j | 1);
    if (s >= n) {
      const f = s - n;
      const t = f + correctionOnCarry;
      // There is no second carry: where the constant would cause one it is left out.
      return normalisedProduct(1, t >= n ? f : t, n);
    }
    const t = s + correction;
    return t >= n ? normalisedProduct(1, (t - n) >> 1, n) : normalisedProduct(0, t, n);
  };
}
