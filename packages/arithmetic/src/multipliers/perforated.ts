// SPDX-License-Identifier: Apache-2.0
/**
 * `perforatedJ-K-M`: an array multiplier without K rows of partial products, from row J on: those
 * of the second operand's bits J .. J+K-1 (partial product perforation).
 *
 * G. Zervakis et al., Design-efficient approximate multiplication circuits through partial product
 * perforation, IEEE TVLSI, 2016.
 */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import {type MultiplierFamily, integersFrom, memberName} from './family.js';
import {type IntegerProduct, significandProductOf, significandsOf} from './integer.js';
import {tabulatedMultiplier} from './tabulated.js';

export const perforated: MultiplierFamily = {
  name: 'perforated',
  description: 'Array without the partial products of k bits, from bit j on (Zervakis 2016)',
  parameters: [
    {
      symbol: 'j',
      meaning: 'first row left out',
      range: '0..m - 1',
      values: m => integersFrom(0, m - 1),
      listed: [0],
    },
    {
      // The row of the leading one stays: without it most of every product would be lost.
      symbol: 'k',
      meaning: 'rows left out',
      range: '1..m - j',
      values: (m, j) => integersFrom(1, m - j),
    },
  ],
  minMantissaBits: 1,
  maxMantissaBits: MAX_MANTISSA_BITS,
  member: (m, j, k) =>
    tabulatedMultiplier(significandProductOf(perforatedProduct(j, k), m), {
      name: memberName('perforated', m, [j, k]),
      mantissaBits: m,
      description: `Array without rows ${j} to ${j + k - 1} of partial products (Zervakis 2016)`,
      closedForm: {
        kind: 'native',
        secondSignificands: significandsOf(b => perforatedOperand(b, j, k), m),
      },
      provenance: `Zervakis et al. 2016, partial product perforation, j = ${j}, k = ${k}`,
    }),
};

/** A perforated array of unsigned integers. */
export function perforatedProduct(j: number, k: number): IntegerProduct {
  return (a, b) => a * perforatedOperand(b, j, k);
}

function perforatedOperand(b: number, j: number, k: number): number {
  return b & ~((2 ** k - 1) << j);
}
