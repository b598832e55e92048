// SPDX-License-Identifier: Apache-2.0
/**
 * `drumK-M`: K bits of each operand from its leading one on, the last of them set to make up for
 * the bits dropped behind it (dynamic range unbiased multiplier).
 *
 * S. Hashemi, R. I. Bahar, S. Reda, DRUM: a dynamic range unbiased multiplier for approximate
 * applications, ICCAD, 2015.
 */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import {type MultiplierFamily, integersFrom, memberName} from './family.js';
import {type IntegerProduct, bitLength, significandProductOf, significandsOf} from './integer.js';
import {tabulatedMultiplier} from './tabulated.js';

export const drum: MultiplierFamily = {
  name: 'drum',
  description: 'Dynamic range unbiased: k bits from the leading one, the last set (Hashemi 2015)',
  parameters: [
    {
      symbol: 'k',
      meaning: 'bits kept of each operand',
      range: '2..m',
      values: m => integersFrom(2, m),
    },
  ],
  minMantissaBits: 2,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: (m, k) => {
    const significands = significandsOf(a => drumOperand(a, k), m);
    return tabulatedMultiplier(significandProductOf(drumProduct(k), m), {
      name: memberName('drum', m, [k]),
      mantissaBits: m,
      description: `DRUM-${k}: ${k} bits of each operand, the last set (Hashemi 2015)`,
      closedForm: {
        kind: 'native',
        firstSignificands: significands,
        secondSignificands: significands,
      },
      provenance: `Hashemi et al. 2015, DRUM, k = ${k}`,
    });
  },
};

/** DRUM-k of unsigned integers. */
export function drumProduct(k: number): IntegerProduct {
  return (a, b) => drumOperand(a, k) * drumOperand(b, k);
}

/** The last kept bit is set whatever the dropped bits hold, but only where there are any. */
function drumOperand(a: number, k: number): number {
  const dropped = bitLength(a) - k;
  return dropped > 0 ? ((a >>> dropped) | 1) * 2 ** dropped : a;
}
