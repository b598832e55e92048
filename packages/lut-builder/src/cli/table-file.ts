// SPDX-License-Identifier: Apache-2.0
/** Table files as the commands see them: reading, writing with a layout, and their facts. */
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {extname} from 'node:path';
import {mantissaBitsInName} from '../lut/approxtrain.js';
import type {MantissaLut} from '../lut/lut.js';
import {readLut, writeLut} from '../node.js';
import {UsageError} from './failure.js';
import {grouped} from './report.js';

export const TABLE_EXTENSIONS: readonly string[] = ['.safetensors', '.bin'];
export const LAYOUTS = ['safetensors', 'approxtrain-u8', 'approxtrain-u32'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** What can be said of a table file without its entries. Plain data. */
export interface TableFile {
  readonly file: string;
  readonly layout: Layout;
  readonly bytes: number;
  /** Of the whole file. */
  readonly sha256: string;
  /** Of the stored entries. */
  readonly dtype: 'U8' | 'U16' | 'U32';
  readonly shape: readonly [number, number];
  readonly name: string;
  readonly mantissaBits: number;
  readonly encoding: MantissaLut['encoding'];
  readonly resultBits: number;
  readonly rounding: MantissaLut['rounding'];
  readonly format: MantissaLut['format'];
  readonly provenance: string;
  /** The JSON header of a .safetensors file; the other layouts have none. */
  readonly header: {readonly __metadata__: Readonly<Record<string, string>>} | null;
}

export interface ReadOptions {
  /** m, where the name of a `.bin` file does not say it. */
  readonly mantissaBits?: number;
  /** Another name for the table. */
  readonly name?: string;
}

export async function readTable(path: string, options: ReadOptions = {}): Promise<MantissaLut> {
  const isHeaderless = extname(path) === '.bin';
  if (isHeaderless && (options.mantissaBits ?? mantissaBitsInName(path)) === undefined) {
    throw new UsageError(`"${path}" does not say m, as *_<m>.bin would; give --mantissa-bits <m>`);
  }
  const lut = await readLut(path, options);
  const {mantissaBits = lut.mantissaBits, name = lut.name} = options;
  if (lut.mantissaBits !== mantissaBits) {
    throw new UsageError(
      `"${path}" says that m = ${lut.mantissaBits}, but --mantissa-bits is ${mantissaBits}`,
    );
  }
  return name === lut.name ? lut : Object.freeze({...lut, name});
}

/**
 * Writes a table whole or not at all.
 *
 * @param layout Told from the extension, and the narrowest for a `.bin` file, unless given.
 */
export async function writeTable(
  path: string,
  lut: MantissaLut,
  layout?: Layout,
): Promise<TableFile> {
  assertTarget(path, layout);
  await writeLut(path, lut, {layout: layout === 'safetensors' ? undefined : layout});
  return describeFile(path, lut);
}

/** @throws {UsageError} if the extension is not one of a table, or not that of the layout. */
export function assertTarget(path: string, layout?: Layout): void {
  const extension = extname(path);
  const expected =
    layout === undefined ? TABLE_EXTENSIONS : [layout === 'safetensors' ? '.safetensors' : '.bin'];
  if (expected.includes(extension)) return;
  throw new UsageError(
    `the target "${path}" has ${extension === '' ? 'no extension' : `the extension ${extension}`}` +
      `; expected ${expected.join(' or ')}${layout === undefined ? '' : ` for the layout ${layout}`}`,
  );
}

/** @param lut The table that was read from the file or written to it. */
export async function describeFile(path: string, lut: MantissaLut): Promise<TableFile> {
  const bytes = await readFile(path);
  const {name, mantissaBits, encoding, resultBits, rounding, format, provenance, entries} = lut;
  const header = extname(path) === '.safetensors' ? headerOf(bytes) : null;
  const width = bytes.length / entries.length;
  const side = 2 ** mantissaBits;
  return {
    file: path,
    layout: header ? 'safetensors' : width === 1 ? 'approxtrain-u8' : 'approxtrain-u32',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    dtype: header ? header.lut.dtype : width === 1 ? 'U8' : 'U32',
    shape: [side, side],
    name,
    mantissaBits,
    encoding,
    resultBits,
    rounding,
    format,
    provenance,
    header,
  };
}

interface Header {
  readonly __metadata__: Readonly<Record<string, string>>;
  readonly lut: {readonly dtype: TableFile['dtype']};
}

/** Of a file that was read or written before, hence a good one. */
function headerOf(bytes: Buffer): Header {
  return JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32LE(0))) as Header;
}

/** The lines that `build` and `convert` end with. */
export function writtenText({file, layout, name, shape, dtype, bytes, sha256}: TableFile): string {
  return (
    `Wrote ${file}: ${name}, ${shape.join(' x ')} entries, ${dtype}, ${layout}, ` +
    `${grouped(bytes)} bytes\nSHA-256 ${sha256}`
  );
}
