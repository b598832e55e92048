// SPDX-License-Identifier: Apache-2.0
/**
 * The mantissa LUT: what a multiplier answers for every pair of m-bit operand fractions.
 *
 * Entry (i, j) stands for the significand product L of (1 + i/2^m) and (1 + j/2^m), a multiple of
 * 2^-f (f <= 22) in [0, 4). Row = first operand. `normalised` tables hold carry << w | mant with
 * L = 2^carry * (1 + mant/2^w), so L is in [1, 4); `fixed` tables hold L * 2^f.
 */
import type {FloatFormat, OperandRounding} from '../formats/float-format.js';

export type LutEncoding = 'normalised' | 'fixed';

export interface MantissaLut {
  readonly name: string;
  /** m: the table is 2^m x 2^m. */
  readonly mantissaBits: number;
  readonly encoding: LutEncoding;
  /** w for `normalised`, f for `fixed`. */
  readonly resultBits: number;
  readonly format: FloatFormat;
  readonly rounding: OperandRounding;
  /** Where the table comes from: a model's citation, a file, a tool. */
  readonly provenance: string;
  /** What else travels with the table, as text under names of the maker's; it means nothing here. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Row-major, length 2^(2m), the narrowest lossless width. */
  readonly entries: Uint8Array | Uint16Array | Uint32Array;
}

/** The significand products L of a table as float32 values, row-major, length 2^(2m). */
export function significandProducts(lut: MantissaLut): Float32Array {
  const {entries, encoding, resultBits} = lut;
  const products = new Float32Array(entries.length);
  const unit = 2 ** -resultBits;
  if (encoding === 'fixed') {
    for (let e = 0; e < entries.length; e++) products[e] = entries[e] * unit;
    return products;
  }
  const mantissaMask = 2 ** resultBits - 1;
  for (let e = 0; e < entries.length; e++) {
    const entry = entries[e];
    const carry = entry > mantissaMask ? 2 : 1;
    products[e] = carry * (1 + (entry & mantissaMask) * unit);
  }
  return products;
}
