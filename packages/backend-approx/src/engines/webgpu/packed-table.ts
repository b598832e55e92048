// SPDX-License-Identifier: Apache-2.0
/**
 * Tables in device memory: the significand products as float32, or packed where all of them lie in
 * [1, 4) and need few bits: then an entry is the upper bits of the product's distance from 1 in
 * bit patterns, so that a carry falls into the exponent, and 4 or 2 of them share a word.
 */

/** The type of an entry; `f32` holds every table. */
export type TableEntry = 'f32' | 'u16' | 'u8';

const ONE = 0x3f800000;
const BITS: Readonly<Record<TableEntry, number>> = {f32: 32, u16: 16, u8: 8};
/** How far an entry's lowest bit is from that of a float32: entries cover the 24 bits of [1, 4). */
const shiftOf = (entry: TableEntry) => 24 - BITS[entry];

export function tableBytes(mantissaBits: number, entry: TableEntry): number {
  return Math.max(4, (2 ** (2 * mantissaBits) * BITS[entry]) / 8);
}

/** Whether every product can be told from its packed entry. */
export function fits(products: Float32Array, entry: TableEntry): boolean {
  if (entry === 'f32') return true;
  const unit = 2 ** shiftOf(entry);
  const patterns = new Uint32Array(products.buffer, products.byteOffset, products.length);
  return patterns.every(bits => bits >= ONE && bits < ONE + 2 ** 24 && (bits - ONE) % unit === 0);
}

/** @throws {RangeError} when the table does not fit; ask `fits` first. */
export function packTable(products: Float32Array, entry: TableEntry): Uint32Array {
  const patterns = new Uint32Array(products.buffer, products.byteOffset, products.length);
  if (entry === 'f32') return patterns;
  if (!fits(products, entry)) throw new RangeError(`the table does not fit ${entry} entries`);
  const perWord = 32 / BITS[entry];
  const words = new Uint32Array(Math.ceil(patterns.length / perWord));
  patterns.forEach((bits, e) => {
    const code = (bits - ONE) >>> shiftOf(entry);
    words[Math.floor(e / perWord)] |= code << ((e % perWord) * BITS[entry]);
  });
  return words;
}

/** The WGSL type of the words of a table. */
export const wordType = (entry: TableEntry) => (entry === 'f32' ? 'f32' : 'u32');

/** The product at `index` of the array `table`, as WGSL. */
export function unpackExpression(table: string, index: string, entry: TableEntry): string {
  if (entry === 'f32') return `${table}[${index}]`;
  const [inWord, log2] = entry === 'u8' ? [3, 2] : [1, 1];
  const word = `${table}[${index} >> ${log2}u]`;
  const shift = `(${index} & ${inWord}u) * ${BITS[entry]}u`;
  const code = `extractBits(${word}, ${shift}, ${BITS[entry]}u)`;
  return `bitcast<f32>(${ONE}u + (${code} << ${shiftOf(entry)}u))`;
}
