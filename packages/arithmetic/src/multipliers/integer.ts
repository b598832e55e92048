// SPDX-License-Identifier: Apache-2.0
/**
 * Between integer and significand multipliers.
 *
 * Most designs are published as multipliers of unsigned integers, and so are their errors. An
 * m-bit fraction with its leading one is an (m+1)-bit integer, so that an integer design is a
 * significand multiplier as it is. Designs that shift the leading one of their operands to the
 * front first are stated for fractions here, and are integer multipliers with that shift.
 */
import type {SignificandProduct} from '../tables/from-product.js';

/** What a circuit answers for two unsigned integers of the width it was made for. */
export type IntegerProduct = (a: number, b: number) => number;

/** The significand multiplier that an integer multiplier of m + 1 bits is. */
export function significandProductOf(multiply: IntegerProduct, m: number): SignificandProduct {
  const n = 2 ** m;
  return (i, j) => multiply(n + i, n + j) / (n * n);
}

/** The significands that an operand is turned into, by fraction, for a `native` closed form. */
export function significandsOf(prepare: (a: number) => number, m: number): Float32Array {
  const n = 2 ** m;
  return Float32Array.from({length: n}, (_, i) => prepare(n + i) / n);
}

/**
 * The integer multiplier of a design for fractions: zero times anything is zero, and what lies
 * below the units is dropped.
 *
 * @param product For fractions of width - 1 bits.
 */
export function integerProductOf(product: SignificandProduct, width: number): IntegerProduct {
  const fraction = (a: number, k: number) => (a - 2 ** k) * 2 ** (width - 1 - k);
  return (a, b) => {
    if (a === 0 || b === 0) return 0;
    const ka = bitLength(a) - 1;
    const kb = bitLength(b) - 1;
    return Math.floor(product(fraction(a, ka), fraction(b, kb)) * 2 ** (ka + kb));
  };
}

/** Bits up to the leading one: 0 for 0, 3 for 5. */
export function bitLength(a: number): number {
  return 32 - Math.clz32(a);
}
