// SPDX-License-Identifier: Apache-2.0
/**
 * The IDX file format of MNIST: a big-endian header, then unsigned bytes.
 *
 * Bytes 0 and 1 are zero, byte 2 is the element type (0x08: unsigned byte), byte 3 the number of
 * dimensions; then one 32-bit size per dimension; then the elements in row-major order.
 */
import {DataError} from './data-error.js';

export interface IdxArray {
  readonly shape: readonly number[];
  /** The elements, row-major; a view of the file's bytes. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes (already decompressed).
 *
 * @param bytes the whole file.
 * @param rank the number of dimensions it must have: 3 for images, 1 for labels.
 * @param file its name, for errors.
 * @throws {DataError} when magic number, dimensions and length do not fit together.
 */
export function parseIdx(bytes: Uint8Array, rank: number, file: string): IdxArray {
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) {
    throw new DataError(
      `Error in ${file}: an IDX file of rank ${rank} has a header of ${headerBytes} bytes, but the ` +
        `file has ${bytes.length}. It is cut off; get it again.`,
      [file],
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expected = (UNSIGNED_BYTE << 8) | rank;
  if (magic !== expected) {
    throw new DataError(
      `Error in ${file}: expected the magic number ${hex(expected)} (unsigned bytes, rank ${rank}), ` +
        `but got ${hex(magic)}. It is not an IDX file of that kind` +
        (magic >>> 16 === 0x1f8b ? ', but gzip data: decompress it first.' : '.'),
      [file],
    );
  }
  const shape = Array.from({length: rank}, (_, d) => view.getUint32(4 + 4 * d));
  const size = shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== headerBytes + size) {
    throw new DataError(
      `Error in ${file}: the header says ${shape.join(' x ')} = ${size} elements, but ` +
        `${bytes.length - headerBytes} bytes follow. It is damaged; get it again.`,
      [file],
    );
  }
  return {shape, values: bytes.subarray(headerBytes)};
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
