// SPDX-License-Identifier: Apache-2.0
/**
 * The two headerless table layouts of the ApproxTrain framework (J. Gong et al., arXiv 2209.04161).
 *
 * - `approxtrain-u8`: 2^(2m) bytes, bit 7 carry, bits m-1..0 mantissa, m <= 7.
 * - `approxtrain-u32`: 2^(2m) little-endian words, bit 31 carry, bits 22..0 the mantissa
 *   left-aligned, m <= 11.
 *
 * They say nothing of m, which by custom ends the file's name (`MBM_7.bin`), nor of the operand
 * format and rounding, which ApproxTrain fixes: the range of float32, truncated.
 */
import {LutFormatError} from '../errors.js';
import {checkLut} from './check-lut.js';
import {type LutOptions, MAX_MANTISSA_BITS, completeOptions} from './from-product.js';
import {readLittleEndian, writeLittleEndian} from './little-endian.js';
import type {MantissaLut} from './lut.js';
import {ONE, packProducts} from './pack.js';

export type ApproxTrainLayout = 'approxtrain-u8' | 'approxtrain-u32';

interface LayoutFacts {
  readonly width: 1 | 4;
  readonly maxMantissaBits: number;
  /** Position of the carry bit. */
  readonly carryBit: number;
  /** How many mantissa bits an entry of an m-bit table has. */
  mantissaField(m: number): number;
}

const LAYOUTS: Readonly<Record<ApproxTrainLayout, LayoutFacts>> = {
  'approxtrain-u8': {width: 1, maxMantissaBits: 7, carryBit: 7, mantissaField: m => m},
  'approxtrain-u32': {
    width: 4,
    maxMantissaBits: MAX_MANTISSA_BITS,
    carryBit: 31,
    mantissaField: () => 23,
  },
};

/** The narrowest layout that can express a table, if there is one. */
export function approxTrainLayoutFor(lut: MantissaLut): ApproxTrainLayout | undefined {
  const layouts = Object.keys(LAYOUTS) as ApproxTrainLayout[];
  return layouts.find(layout => obstacle(lut, layout) === undefined);
}

/**
 * The bytes of a table in a headerless layout. Name, operand format and rounding are not in them.
 *
 * @throws {LutFormatError} if the layout cannot express the table.
 */
export function encodeApproxTrain(lut: MantissaLut, layout: ApproxTrainLayout): Uint8Array {
  checkLut(lut);
  const problem = obstacle(lut, layout);
  if (problem !== undefined) {
    throw new LutFormatError(lut.name, `layout ${layout}`, {
      ...problem,
      remedy: 'Write a .safetensors file, which can express every table.',
    });
  }
  const {width, carryBit, mantissaField} = LAYOUTS[layout];
  const {entries, mantissaBits, resultBits} = lut;
  const carry = 2 ** resultBits;
  const shift = mantissaField(mantissaBits) - resultBits;
  const stored = new Uint32Array(entries.length);
  for (let e = 0; e < entries.length; e++) {
    const mantissa = (entries[e] & (carry - 1)) << shift;
    stored[e] = entries[e] >= carry ? 2 ** carryBit + mantissa : mantissa;
  }
  const bytes = new Uint8Array(entries.length * width);
  writeLittleEndian(width === 1 ? new Uint8Array(stored) : stored, bytes, 0);
  return bytes;
}

export interface ApproxTrainOptions extends Partial<Omit<LutOptions, 'productBits'>> {
  /** Told from the length unless given. */
  readonly layout?: ApproxTrainLayout;
  /** Named in errors; `_<m>.bin` at its end says m, and the rest of it the table's name. */
  readonly file?: string;
}

/**
 * The table in the bytes of a headerless file.
 *
 * @throws {LutFormatError} if m is not known, the length is not that of such a table, or an entry
 *     has bits set that the layout leaves zero.
 */
export function decodeApproxTrain(
  bytes: Uint8Array,
  options: ApproxTrainOptions = {},
): MantissaLut {
  const {file = options.name ?? 'bytes', layout: givenLayout, ...lutOptions} = options;
  const mantissaBits = options.mantissaBits ?? mantissaBitsInName(file);
  if (mantissaBits === undefined) {
    throw new LutFormatError(file, 'mantissa bits', {
      found: 'none, as the layout has no header',
      expected: 'a file name that ends in _<m>.bin',
      remedy: 'Give the option mantissaBits (--mantissa-bits <m>).',
    });
  }
  const layout = givenLayout ?? layoutOfLength(bytes.length, mantissaBits);
  const {width, carryBit, maxMantissaBits, mantissaField} = LAYOUTS[layout];
  if (!(Number.isInteger(mantissaBits) && mantissaBits >= 1 && mantissaBits <= maxMantissaBits)) {
    throw new LutFormatError(file, 'mantissa bits', {
      found: String(mantissaBits),
      expected: `1..${maxMantissaBits} in ${layout}`,
    });
  }
  const size = 2 ** (2 * mantissaBits) * width;
  if (bytes.length !== size) {
    throw new LutFormatError(file, 'length', {
      found: `${bytes.length} bytes`,
      expected: expectedLength(mantissaBits, givenLayout),
    });
  }
  const field = mantissaField(mantissaBits);
  const one = 2 ** field;
  const carryValue = 2 ** carryBit;
  const products = new Uint32Array(2 ** (2 * mantissaBits));
  const stored = readLittleEndian(bytes, width);
  for (let e = 0; e < stored.length; e++) {
    const carry = stored[e] >= carryValue;
    const mantissa = carry ? stored[e] - carryValue : stored[e];
    if (mantissa >= one) {
      throw new LutFormatError(file, `entry ${e}`, {
        found: `0x${stored[e].toString(16)}`,
        expected: `zero bits between the carry (bit ${carryBit}) and the mantissa (${field} bits)`,
      });
    }
    const product = ONE * (carry ? 2 : 1) * (1 + mantissa / one);
    // Only a word without carry, whose last mantissa bit is half a unit of the finest grid.
    if (!Number.isInteger(product)) {
      throw new LutFormatError(file, `entry ${e}`, {
        found: `0x${stored[e].toString(16)}`,
        expected: 'bit 0 clear, as products lie on a 2^-22 grid',
      });
    }
    products[e] = product;
  }
  return Object.freeze({
    ...completeOptions({
      ...lutOptions,
      name: options.name ?? baseName(file),
      mantissaBits,
      provenance: options.provenance ?? `${layout} file ${baseName(file)}`,
    }),
    ...packProducts(products),
  });
}

/** Why a layout cannot express a table, if it cannot. */
function obstacle(
  lut: MantissaLut,
  layout: ApproxTrainLayout,
): {found: string; expected: string} | undefined {
  const {maxMantissaBits, mantissaField} = LAYOUTS[layout];
  const {mantissaBits, resultBits, encoding} = lut;
  if (mantissaBits > maxMantissaBits) {
    return {found: `m = ${mantissaBits}`, expected: `m <= ${maxMantissaBits}`};
  }
  if (encoding !== 'normalised') {
    return {found: `encoding ${encoding}, so products below 1`, expected: 'products in [1, 4)'};
  }
  const field = mantissaField(mantissaBits);
  if (resultBits > field) {
    return {
      found: `${resultBits} result bits`,
      expected: `at most ${field} at m = ${mantissaBits}`,
    };
  }
  return undefined;
}

/** Unambiguous once m is known, as a word is four bytes; a wrong length is reported later. */
function layoutOfLength(length: number, mantissaBits: number): ApproxTrainLayout {
  return length === 2 ** (2 * mantissaBits) ? 'approxtrain-u8' : 'approxtrain-u32';
}

/** For messages: in the layout that was asked for, or in each that has such an m. */
function expectedLength(mantissaBits: number, layout?: ApproxTrainLayout): string {
  const layouts = (Object.keys(LAYOUTS) as ApproxTrainLayout[])
    .filter(name => (layout ?? name) === name && mantissaBits <= LAYOUTS[name].maxMantissaBits)
    .map(name => `${2 ** (2 * mantissaBits) * LAYOUTS[name].width} in ${name}`);
  return `${layouts.join(' or ')}, as m = ${mantissaBits}`;
}

/** m of `MBM_7.bin`. */
export function mantissaBitsInName(file: string): number | undefined {
  const match = /_(\d+)\.bin$/i.exec(file);
  return match ? Number(match[1]) : undefined;
}

function baseName(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.bin$/i, '');
}
