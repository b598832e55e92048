// SPDX-License-Identifier: Apache-2.0
/**
 * `alm-soaT-M`, `alm-loaT-M`: Mitchell's multiplier, whose fractions are added by an adder that is
 * approximate in its T lowest bits. They are all ones (set-one adder, SOA) or the OR of the
 * operands' bits (lower-part-OR adder, LOA); the carry into the rest is the AND of the highest two.
 *
 * W. Liu et al., Design and evaluation of approximate logarithmic multipliers for low power
 * error-tolerant applications, IEEE TCAS I, 2018.
 */
import {MAX_MANTISSA_BITS, type SignificandProduct} from '../tables/from-product.js';
import {type MultiplierFamily, integersFrom, memberName, normalisedProduct} from './family.js';
import {tabulatedMultiplier} from './tabulated.js';

/** The low bits of a sum, from those of the operands. */
type LowBits = (i: number, j: number, t: number) => number;

const setOne: LowBits = (_i, _j, t) => 2 ** t - 1;
const or: LowBits = (i, j, t) => (i | j) & (2 ** t - 1);

export const almSoa = almFamily('alm-soa', 'set-one adder', setOne);
export const almLoa = almFamily('alm-loa', 'lower-part-OR adder', or);

export const almSoaProduct = (m: number, t: number) => almProduct(m, t, setOne);
export const almLoaProduct = (m: number, t: number) => almProduct(m, t, or);

function almProduct(m: number, t: number, lowBits: LowBits): SignificandProduct {
  const n = 2 ** m;
  return (i, j) => {
    const carry = ((i & j) >> (t - 1)) & 1;
    const high = (i >> t) + (j >> t) + carry;
    const s = high * 2 ** t + lowBits(i, j, t);
    return s >= n ? normalisedProduct(1, s - n, n) : normalisedProduct(0, s, n);
  };
}

function almFamily(name: string, adder: string, lowBits: LowBits): MultiplierFamily {
  return {
    name,
    description: `Mitchell with a ${adder} for the t lowest bits (Liu 2018)`,
    parameters: [
      {
        symbol: 't',
        meaning: 'approximate bits of the adder',
        range: '1..m',
        values: m => integersFrom(1, m),
      },
    ],
    minMantissaBits: 1,
    maxMantissaBits: MAX_MANTISSA_BITS,
    member: (m, t) =>
      tabulatedMultiplier(almProduct(m, t, lowBits), {
        name: memberName(name, m, [t]),
        mantissaBits: m,
        description: `Mitchell with a ${adder} for the lowest bits, ${t} of ${m} (Liu 2018)`,
        provenance: `Liu et al. 2018, approximate logarithmic multipliers, ${adder}, t = ${t}`,
      }),
  };
}
