// SPDX-License-Identifier: Apache-2.0
/**
 * The project's table file: a safetensors file with one tensor, `lut`, and the rest as metadata.
 *
 * 8 bytes little-endian header length, a JSON header padded with spaces to a multiple of 8, then
 * the entries row-major (row = first operand). Python reads it as it is:
 * `safetensors.numpy.load_file(path)['lut']`. Format: https://github.com/huggingface/safetensors
 */
import {LutFormatError} from '../errors.js';
import {fullRangeFormat} from '../formats/float.js';
import type {FloatFormat, OperandRounding} from '../formats/float-format.js';
import {TABLE_METADATA, checkLut} from './check-lut.js';
import {MAX_MANTISSA_BITS} from './from-product.js';
import {readLittleEndian, writeLittleEndian} from './little-endian.js';
import type {LutEncoding, MantissaLut} from './lut.js';
import {narrowed} from './pack.js';

/** Of the metadata and of what the entries mean. Readers refuse any other. */
const FORMAT_VERSION = '1';
const TENSOR = 'lut';
const WIDTHS = {U8: 1, U16: 2, U32: 4} as const;

type Dtype = keyof typeof WIDTHS;
type Metadata = Record<string, string>;

/**
 * The bytes of a table file. The operand format is written where it is not the range of float32.
 *
 * @throws {LutFormatError} if the table is not consistent.
 */
export function encodeLut(lut: MantissaLut): Uint8Array {
  checkLut(lut);
  const entries = narrowed(lut.entries);
  const dtype = dtypeOf(entries.BYTES_PER_ELEMENT);
  const side = 2 ** lut.mantissaBits;
  const json = JSON.stringify({
    __metadata__: metadataOf(lut),
    [TENSOR]: {dtype, shape: [side, side], data_offsets: [0, entries.byteLength]},
  });
  const header = new TextEncoder().encode(json);
  const headerLength = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + entries.byteLength).fill(0x20, 8);
  new DataView(bytes.buffer).setUint32(0, headerLength, true);
  bytes.set(header, 8);
  writeLittleEndian(entries, bytes, 8 + headerLength);
  return bytes;
}

/**
 * The table in the bytes of a file. Everything is checked before a table is returned.
 *
 * @param options.file Named in errors.
 * @throws {LutFormatError} that names the file, what was found and what was expected.
 */
export function decodeLut(bytes: Uint8Array, {file = 'bytes'}: {file?: string} = {}): MantissaLut {
  const {header, data} = splitHeader(bytes, file);
  const metadata = readMetadata(header, file);
  const mantissaBits = wholeNumber(metadata, 'mantissaBits', file);
  // Before any size is computed from it.
  demand(
    mantissaBits >= 1 && mantissaBits <= MAX_MANTISSA_BITS,
    file,
    'mantissaBits',
    String(mantissaBits),
    `an integer in 1..${MAX_MANTISSA_BITS}`,
  );
  const lut: MantissaLut = {
    name: text(metadata, 'name', file),
    mantissaBits,
    encoding: text(metadata, 'encoding', file) as LutEncoding,
    resultBits: wholeNumber(metadata, 'resultBits', file),
    format: readFormat(metadata, mantissaBits, file),
    rounding: text(metadata, 'operandRounding', file) as OperandRounding,
    provenance: text(metadata, 'provenance', file),
    ...readOtherMetadata(metadata),
    entries: readEntries(header, data, mantissaBits, file),
  };
  checkLut(lut, file);
  return Object.freeze({...lut, entries: narrowed(lut.entries)});
}

function metadataOf(lut: MantissaLut): Metadata {
  const {exponentBits, subnormals, overflow, maxFinite} = lut.format;
  const metadata: Metadata = {
    formatVersion: FORMAT_VERSION,
    name: lut.name,
    mantissaBits: String(lut.mantissaBits),
    encoding: lut.encoding,
    resultBits: String(lut.resultBits),
    operandRounding: lut.rounding,
    provenance: lut.provenance,
  };
  Object.assign(metadata, lut.metadata);
  const usual = fullRangeFormat(lut.mantissaBits);
  if (exponentBits !== usual.exponentBits) metadata.exponentBits = String(exponentBits);
  if (subnormals !== usual.subnormals) metadata.subnormals = String(subnormals);
  if (overflow !== usual.overflow) metadata.overflow = overflow;
  if (maxFinite !== undefined) metadata.maxFinite = String(maxFinite);
  return metadata;
}

function readFormat(metadata: Metadata, fractionBits: number, file: string): FloatFormat {
  const usual = fullRangeFormat(fractionBits);
  const has = (key: string) => Object.hasOwn(metadata, key);
  const subnormals = has('subnormals') ? text(metadata, 'subnormals', file) : 'false';
  demand(
    subnormals === 'true' || subnormals === 'false',
    file,
    'metadata "subnormals"',
    show(subnormals),
    '"true" or "false"',
  );
  return Object.freeze({
    exponentBits: has('exponentBits') ? wholeNumber(metadata, 'exponentBits', file) : 8,
    fractionBits,
    subnormals: subnormals === 'true',
    overflow: (has('overflow')
      ? text(metadata, 'overflow', file)
      : usual.overflow) as FloatFormat['overflow'],
    ...(has('maxFinite') ? {maxFinite: Number(text(metadata, 'maxFinite', file))} : {}),
  });
}

function readOtherMetadata(metadata: Metadata): Pick<MantissaLut, 'metadata'> {
  const others = Object.entries(metadata).filter(([key]) => !TABLE_METADATA.includes(key));
  return others.length > 0 ? {metadata: Object.freeze(Object.fromEntries(others))} : {};
}

/** The header as JSON, and the bytes after it. */
function splitHeader(
  bytes: Uint8Array,
  file: string,
): {header: Record<string, unknown>; data: Uint8Array} {
  demand(bytes.length >= 8, file, 'length', `${bytes.length} bytes`, 'at least 8');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  demand(
    headerLength <= bytes.length - 8,
    file,
    'header length',
    `${headerLength} bytes`,
    `at most the ${bytes.length - 8} that follow`,
  );
  let header: unknown;
  try {
    const decoder = new TextDecoder('utf-8', {fatal: true});
    header = JSON.parse(decoder.decode(bytes.subarray(8, 8 + headerLength)));
  } catch (error) {
    throw new LutFormatError(file, 'header', {
      found: `text that is not JSON (${(error as Error).message})`,
      expected: 'the JSON header of a safetensors file',
    });
  }
  demand(isObject(header), file, 'header', show(header), 'a JSON object');
  return {header, data: bytes.subarray(8 + headerLength)};
}

function readMetadata(header: Record<string, unknown>, file: string): Metadata {
  const metadata = header['__metadata__'];
  demand(isObject(metadata), file, '__metadata__', show(metadata), 'an object of strings');
  for (const [key, value] of Object.entries(metadata)) {
    demand(typeof value === 'string', file, `metadata "${key}"`, show(value), 'a string');
  }
  const version = text(metadata as Metadata, 'formatVersion', file);
  demand(
    version === FORMAT_VERSION,
    file,
    'format version',
    show(version),
    show(FORMAT_VERSION),
    'A newer release of @tfjs-approx/lut-builder may read it.',
  );
  return metadata as Metadata;
}

function readEntries(
  header: Record<string, unknown>,
  data: Uint8Array,
  mantissaBits: number,
  file: string,
): MantissaLut['entries'] {
  const names = Object.keys(header).filter(key => key !== '__metadata__');
  demand(
    names.length === 1 && names[0] === TENSOR,
    file,
    'tensors',
    names.length === 0 ? 'none' : names.map(show).join(', '),
    `only ${show(TENSOR)}`,
  );
  const tensor = header[TENSOR];
  demand(isObject(tensor), file, `tensor "${TENSOR}"`, show(tensor), 'an object');
  const {dtype, shape, data_offsets: offsets} = tensor;
  demand(
    typeof dtype === 'string' && Object.hasOwn(WIDTHS, dtype),
    file,
    'dtype',
    show(dtype),
    Object.keys(WIDTHS).join(', '),
  );
  const side = 2 ** mantissaBits;
  demandJson(shape, [side, side], file, 'shape');
  const width = WIDTHS[dtype as Dtype];
  const size = side * side * width;
  demandJson(offsets, [0, size], file, 'data_offsets');
  demand(data.length === size, file, 'length of the data', `${data.length} bytes`, `${size}`);
  return readLittleEndian(data, width);
}

function text(metadata: Metadata, key: string, file: string): string {
  demand(Object.hasOwn(metadata, key), file, `metadata "${key}"`, 'none', 'a string');
  return metadata[key];
}

function wholeNumber(metadata: Metadata, key: string, file: string): number {
  const digits = text(metadata, key, file);
  const part = `metadata "${key}"`;
  demand(/^\d{1,3}$/.test(digits), file, part, show(digits), 'a whole number');
  return Number(digits);
}

function dtypeOf(width: number): Dtype {
  return width === 1 ? 'U8' : width === 2 ? 'U16' : 'U32';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function demandJson(value: unknown, expected: unknown, file: string, part: string): void {
  demand(show(value) === show(expected), file, part, show(value), show(expected));
}

/** Shortened, since a broken file may hold anything. */
function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 80)}...` : json;
}

function demand(
  condition: boolean,
  file: string,
  part: string,
  found: string,
  expected: string,
  remedy?: string,
): asserts condition {
  if (!condition) throw new LutFormatError(file, part, {found, expected, remedy});
}
