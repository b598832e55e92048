// SPDX-License-Identifier: Apache-2.0
/** The check that a mantissa LUT is consistent: nothing reads a table that has not passed it. */
import {checkFormat} from '../formats/check-format.js';
import {LutFormatError} from '../errors.js';
import {MAX_MANTISSA_BITS} from './from-product.js';
import type {MantissaLut} from './lut.js';
import {MAX_FRACTION_BITS} from './pack.js';

/**
 * @param file Named in the error; the table's name unless given.
 * @throws {LutFormatError} at the first field or entry that is wrong.
 */
export function checkLut(lut: MantissaLut, file = lut.name): void {
  const {mantissaBits, encoding, resultBits, format, rounding, entries} = lut;
  const fail = (part: string, found: unknown, expected: string): never => {
    throw new LutFormatError(file, part, {found: String(found), expected});
  };
  if (typeof lut.name !== 'string' || lut.name === '') fail('name', lut.name, 'a name');
  if (!isIntegerIn(mantissaBits, 1, MAX_MANTISSA_BITS)) {
    fail('mantissaBits', mantissaBits, `an integer in 1..${MAX_MANTISSA_BITS}`);
  }
  if (encoding !== 'normalised' && encoding !== 'fixed') {
    fail('encoding', encoding, 'normalised or fixed');
  }
  const mostBits = maxResultBits(encoding);
  if (!isIntegerIn(resultBits, 0, mostBits)) {
    fail('resultBits', resultBits, `an integer in 0..${mostBits}`);
  }
  if (rounding !== 'truncate' && rounding !== 'nearestEven') {
    fail('operandRounding', rounding, 'truncate or nearestEven');
  }
  checkFormat(format, fail);
  if (format.fractionBits !== mantissaBits) {
    fail('fractionBits', format.fractionBits, `mantissaBits = ${mantissaBits}`);
  }
  checkMetadata(lut.metadata, fail);
  if (!(
    entries instanceof Uint8Array ||
    entries instanceof Uint16Array ||
    entries instanceof Uint32Array
  )) {
    fail('entries', typeof entries, 'a Uint8Array, Uint16Array or Uint32Array');
  }
  if (entries.length !== 2 ** (2 * mantissaBits)) {
    fail('length', `${entries.length} entries`, `2^(2*${mantissaBits}) of them`);
  }
  const bound = entryBound(encoding, resultBits);
  // Where w = 23 the last bit of an entry without carry is half a unit of the finest grid.
  const halved = resultBits > MAX_FRACTION_BITS;
  for (let e = 0; e < entries.length; e++) {
    if (entries[e] >= bound) fail(`entry ${e}`, entries[e], `a value below ${bound}`);
    if (halved && entries[e] < bound / 2 && entries[e] % 2 === 1) {
      fail(`entry ${e}`, entries[e], 'an even value, as products lie on a 2^-22 grid');
    }
  }
}

/** Names of the metadata of a table file that describe the table itself. */
export const TABLE_METADATA: readonly string[] = [
  'formatVersion',
  'name',
  'mantissaBits',
  'encoding',
  'resultBits',
  'operandRounding',
  'provenance',
  'exponentBits',
  'subnormals',
  'overflow',
  'maxFinite',
];

function checkMetadata(
  metadata: MantissaLut['metadata'],
  fail: (part: string, found: unknown, expected: string) => void,
): void {
  if (metadata === undefined) return;
  if (typeof metadata !== 'object' || metadata === null) {
    fail('metadata', metadata, 'an object of texts');
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (TABLE_METADATA.includes(key)) fail('metadata', key, 'names that the table has no use for');
    if (typeof value !== 'string') fail(`metadata ${key}`, typeof value, 'a text');
  }
}

/** w <= 23 (one bit finer than f, as L is halved after a carry), f <= 22. */
export function maxResultBits(encoding: MantissaLut['encoding']): number {
  return encoding === 'normalised' ? MAX_FRACTION_BITS + 1 : MAX_FRACTION_BITS;
}

/** Entries are below this: one carry bit over w bits, or L < 4 over f bits. */
export function entryBound(encoding: MantissaLut['encoding'], resultBits: number): number {
  return encoding === 'normalised' ? 2 ** (resultBits + 1) : 2 ** (resultBits + 2);
}

function isIntegerIn(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
