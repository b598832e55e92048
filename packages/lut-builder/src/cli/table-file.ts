// SPDX-License-Identifier: Apache-2.0
/** Table files as the commands see them: reading, writing with a layout, and their facts. */
import {createHash} from 'node:crypto';
import {stat} from 'node:fs/promises';
import {type CellCounts, areaOf} from '../analysis/area.js';
import {circuitFactsOf} from '../analysis/circuit-facts.js';
import {extensionOf, hasExtension} from '../file-extension.js';
import {mantissaBitsInName, type MantissaLut, MAX_MANTISSA_BITS} from '@tfjs-approx/arithmetic';
import {type EntryKind, WRITTEN_EXTENSIONS, readLut, writeLut} from '../node.js';
import {readWhole} from '../read-whole.js';
import {decodeCsv} from '../sources/tables/csv.js';
import {npyHeader} from '../sources/tables/npy.js';
import {TFAPPROX_BYTES} from '../sources/tables/tfapprox.js';
import {UsageError} from './failure.js';
import {grouped} from './command-output.js';

/** Layouts that can be written. */
export const LAYOUTS = ['safetensors', 'approxtrain-u8', 'approxtrain-u32'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** What can be said of a table file without its entries. Plain data. */
export interface TableFile {
  readonly file: string;
  readonly layout: Layout | 'tfapprox-u16' | 'npy' | 'csv';
  readonly bytes: number;
  /** Of the whole file. */
  readonly sha256: string;
  /** Of the stored entries: U8, U16, U32, or what a .npy file says; `text` of a .csv file. */
  readonly dtype: string;
  /** Of the stored entries. */
  readonly shape: readonly number[];
  readonly name: string;
  readonly mantissaBits: number;
  readonly encoding: MantissaLut['encoding'];
  readonly resultBits: number;
  readonly rounding: MantissaLut['rounding'];
  readonly format: MantissaLut['format'];
  readonly provenance: string;
  /** Of the circuit that the table was built from, where it was built from one. */
  readonly cells?: CellCounts;
  readonly circuitBits?: number;
  /** The JSON header of a .safetensors file; the other layouts have none. */
  readonly header: {readonly __metadata__: Readonly<Record<string, string>>} | null;
}

export interface ReadOptions {
  /** m, where the name of a `.bin` file does not say it. */
  readonly mantissaBits?: number;
  /** What the entries of a `.npy` or `.csv` file are, where their values do not say it. */
  readonly entries?: EntryKind;
  /** Another name for the table. */
  readonly name?: string;
}

export async function readTable(path: string, options: ReadOptions = {}): Promise<MantissaLut> {
  if (options.entries !== undefined && !takesEntries(path)) {
    throw new UsageError(`--entries is for .npy and .csv files, not for "${path}"`);
  }
  const isUnnamed = (options.mantissaBits ?? mantissaBitsInName(path)) === undefined;
  if (extensionOf(path) === '.bin' && isUnnamed && (await stat(path)).size !== TFAPPROX_BYTES) {
    throw new UsageError(
      `"${path}" does not say m, as *_<m>.bin would; give --mantissa-bits <m>, 1..${MAX_MANTISSA_BITS}`,
    );
  }
  // A command line has other options too.
  const {mantissaBits: bits, entries, name: given} = options;
  const lut = await readLut(path, {mantissaBits: bits, entries, name: given});
  const {mantissaBits = lut.mantissaBits, name = lut.name} = options;
  if (lut.mantissaBits !== mantissaBits) {
    throw new UsageError(
      `"${path}" says that m = ${lut.mantissaBits}, but --mantissa-bits is ${mantissaBits}`,
    );
  }
  return name === lut.name ? lut : Object.freeze({...lut, name});
}

/** Whether the values alone do not say what they are. */
export function takesEntries(path: string): boolean {
  return hasExtension(path, ['.npy', '.csv']);
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
  const extension = extensionOf(path);
  const expected: readonly string[] =
    layout === undefined
      ? WRITTEN_EXTENSIONS
      : [layout === 'safetensors' ? '.safetensors' : '.bin'];
  if (expected.includes(extension)) return;
  throw new UsageError(
    `the target "${path}" has ${extension === '' ? 'no extension' : `the extension ${extension}`}` +
      `; expected ${expected.join(' or ')}${layout === undefined ? '' : ` for --layout ${layout}`}`,
  );
}

/** @param lut The table that was read from the file or written to it. */
export async function describeFile(path: string, lut: MantissaLut): Promise<TableFile> {
  const bytes = await readWhole(path);
  const {name, mantissaBits, encoding, resultBits, rounding, format, provenance} = lut;
  const circuit = circuitFactsOf(lut, path);
  return {
    file: path,
    ...storedAs(path, bytes, lut),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    name,
    mantissaBits,
    encoding,
    resultBits,
    rounding,
    format,
    provenance,
    ...(circuit ? {cells: circuit.cells} : {}),
    ...(circuit?.bits === undefined ? {} : {circuitBits: circuit.bits}),
    header: extensionOf(path) === '.safetensors' ? headerOf(bytes) : null,
  };
}

function storedAs(
  path: string,
  bytes: Buffer,
  {entries, mantissaBits}: MantissaLut,
): Pick<TableFile, 'layout' | 'dtype' | 'shape'> {
  const shape = [2 ** mantissaBits, 2 ** mantissaBits];
  switch (extensionOf(path)) {
    case '.safetensors':
      return {layout: 'safetensors', dtype: headerOf(bytes).lut.dtype, shape};
    case '.npy': {
      const {dtype, shape: stored} = npyHeader(bytes, path);
      return {layout: 'npy', dtype, shape: stored};
    }
    case '.csv': {
      const {rows, columns} = decodeCsv(bytes, path);
      return {layout: 'csv', dtype: 'text', shape: [rows, columns]};
    }
    default:
      if (bytes.length === TFAPPROX_BYTES) {
        return {layout: 'tfapprox-u16', dtype: 'U16', shape: [256, 256]};
      }
      return bytes.length === entries.length
        ? {layout: 'approxtrain-u8', dtype: 'U8', shape}
        : {layout: 'approxtrain-u32', dtype: 'U32', shape};
  }
}

interface Header {
  readonly __metadata__: Readonly<Record<string, string>>;
  readonly lut: {readonly dtype: string};
}

/** Of a file that was read or written before, hence a good one. */
function headerOf(bytes: Buffer): Header {
  return JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32LE(0))) as Header;
}

/** The lines that `build` and `convert` end with. */
export function writtenText(written: TableFile): string {
  const {file, layout, name, shape, dtype, bytes, sha256, cells, circuitBits} = written;
  const lines = [
    `Wrote ${file}: ${name}, ${shape.join(' x ')} entries, ${dtype}, ${layout}, ` +
      `${grouped(bytes)} bytes`,
    `SHA-256 ${sha256}`,
  ];
  if (cells) lines.push(`Area ${areaText(cells, circuitBits)}`);
  return lines.join('\n');
}

/** `224 cells, 363.5 gate equivalents` */
export function areaText(counts: CellCounts, circuitBits?: number): string {
  const {cells, gateEquivalents, transistors} = areaOf(counts);
  const gates =
    gateEquivalents === undefined
      ? []
      : [`${grouped(gateEquivalents)} gate equivalents`, `${grouped(transistors!)} transistors`];
  const whole =
    circuitBits === undefined ? '' : `; of the whole ${circuitBits} x ${circuitBits}-bit circuit`;
  return [`${grouped(cells)} cells`, ...gates].join(', ') + whole;
}
