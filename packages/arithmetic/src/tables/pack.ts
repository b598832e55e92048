// SPDX-License-Identifier: Apache-2.0
/**
 * Packing: choosing the encoding, the fewest result bits and the narrowest integer type that hold
 * a table of significand products without loss.
 *
 * Products come in units of 2^-22, the finest grid a table may have, so 0 <= product < 2^24.
 */
import type {MantissaLut} from './lut.js';

/** f of the finest grid: L has at most 2 integer bits, and a float32 24 bits in all. */
export const MAX_FRACTION_BITS = 22;
/** L = 1 in units of 2^-22. */
export const ONE = 2 ** MAX_FRACTION_BITS;

type Packed = Pick<MantissaLut, 'encoding' | 'resultBits' | 'entries'>;

/** @param products L * 2^22, row-major, every value below 2^24. */
export function packProducts(products: Uint32Array): Packed {
  let smallest = Infinity;
  for (let e = 0; e < products.length; e++) smallest = Math.min(smallest, products[e]);
  return smallest >= ONE ? packNormalised(products) : packFixed(products);
}

/** carry << w | mant. The mantissa after a carry is one bit finer than L, so w <= 23. */
function packNormalised(products: Uint32Array): Packed {
  const full = MAX_FRACTION_BITS + 1;
  const mantissas = new Uint32Array(products.length);
  let used = 0;
  for (let e = 0; e < products.length; e++) {
    const product = products[e];
    const mantissa = product >= 2 * ONE ? product - 2 * ONE : (product - ONE) * 2;
    mantissas[e] = mantissa;
    used |= mantissa;
  }
  const resultBits = full - trailingZeros(used, full);
  const entries = new Uint32Array(products.length);
  for (let e = 0; e < products.length; e++) {
    const carry = products[e] >= 2 * ONE ? 2 ** resultBits : 0;
    entries[e] = carry + (mantissas[e] >>> (full - resultBits));
  }
  return {encoding: 'normalised', resultBits, entries: narrowed(entries)};
}

/** L * 2^f. */
function packFixed(products: Uint32Array): Packed {
  let used = 0;
  for (let e = 0; e < products.length; e++) used |= products[e];
  const dropped = trailingZeros(used, MAX_FRACTION_BITS);
  const entries = products.map(product => product >>> dropped);
  return {encoding: 'fixed', resultBits: MAX_FRACTION_BITS - dropped, entries: narrowed(entries)};
}

/** The same entries in the narrowest unsigned integers that hold them all. */
export function narrowed(entries: MantissaLut['entries']): MantissaLut['entries'] {
  let largest = 0;
  for (let e = 0; e < entries.length; e++) largest = Math.max(largest, entries[e]);
  if (largest < 2 ** 8) return new Uint8Array(entries);
  return largest < 2 ** 16 ? new Uint16Array(entries) : new Uint32Array(entries);
}

function trailingZeros(u: number, atMost: number): number {
  return u === 0 ? atMost : Math.min(atMost, 31 - Math.clz32(u & -u));
}
