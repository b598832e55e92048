// SPDX-License-Identifier: Apache-2.0
/**
 * NumPy's array file, versions 1 to 3: magic, version, header length, a Python dictionary as text,
 * then the values. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import {LutFormatError} from '@tfjs-approx/arithmetic';
import {type Matrix, checkShape} from './matrix.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Of headers; those of plain arrays have 118 bytes. */
const MAX_HEADER = 65536;

type Read = (view: DataView, at: number, littleEndian: boolean) => number;

const READ: Readonly<Record<string, Read>> = {
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, le) => view.getUint16(at, le),
  i2: (view, at, le) => view.getInt16(at, le),
  u4: (view, at, le) => view.getUint32(at, le),
  i4: (view, at, le) => view.getInt32(at, le),
  u8: (view, at, le) => Number(view.getBigUint64(at, le)),
  i8: (view, at, le) => Number(view.getBigInt64(at, le)),
  f4: (view, at, le) => view.getFloat32(at, le),
  f8: (view, at, le) => view.getFloat64(at, le),
};

export interface NpyHeader {
  /** As NumPy writes it: `<u2`. */
  readonly dtype: string;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly offset: number;
}

/**
 * The square matrix in the bytes of a file.
 *
 * @throws {LutFormatError} if it is another array or not a whole one.
 */
export function decodeNpy(bytes: Uint8Array, file: string): Matrix {
  const {dtype, columnMajor, shape, offset} = npyHeader(bytes, file);
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2) {
    throw new LutFormatError(file, 'shape', {
      found: `(${shape.join(', ')})`,
      expected: 'two dimensions',
    });
  }
  checkShape({rows, columns}, file);
  const read = READ[dtype.slice(1)];
  const width = Number(dtype[2]);
  const size = rows * columns * width;
  if (bytes.length - offset !== size) {
    throw new LutFormatError(file, 'length of the data', {
      found: `${bytes.length - offset} bytes`,
      expected: `${size}, as the shape is ${rows} x ${columns} and the dtype ${dtype}`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, size);
  const littleEndian = dtype[0] !== '>';
  const values = new Float64Array(rows * columns);
  for (let e = 0; e < values.length; e++) {
    const at = columnMajor ? (e % columns) * rows + Math.floor(e / columns) : e;
    values[e] = read(view, at * width, littleEndian);
  }
  return {rows, columns, values};
}

export function npyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const fail = (part: string, found: string, expected: string): never => {
    throw new LutFormatError(file, part, {found, expected});
  };
  if (bytes.length < 12 || MAGIC.some((byte, k) => bytes[k] !== byte)) {
    fail(
      'magic',
      `${bytes.length} bytes that begin otherwise`,
      'a file that begins with \\x93NUMPY',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (major < 1 || major > 3) fail('version', `${major}.${bytes[7]}`, '1.0, 2.0 or 3.0');
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const most = Math.min(MAX_HEADER, bytes.length - start);
  if (length > most) fail('header length', `${length} bytes`, `at most ${most}`);
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const dtype = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (dtype === undefined || order === undefined || shape === undefined) {
    return fail(
      'header',
      JSON.stringify(text.slice(0, 80)),
      "'descr', 'fortran_order' and 'shape'",
    );
  }
  if (!/^[<>|=][uif]\d$/.test(dtype) || !Object.hasOwn(READ, dtype.slice(1))) {
    const known = Object.keys(READ).join(', ');
    fail('dtype', JSON.stringify(dtype.slice(0, 20)), `one of ${known}, little- or big-endian`);
  }
  const dimensions = shape.split(',').map(part => part.trim());
  if (dimensions.at(-1) === '') dimensions.pop();
  return {
    dtype,
    columnMajor: order === 'True',
    shape: dimensions.map(part => (/^\d+$/.test(part) ? Number(part) : NaN)),
    offset: start + length,
  };
}
