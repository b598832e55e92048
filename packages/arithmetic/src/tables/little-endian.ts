// SPDX-License-Identifier: Apache-2.0
/** Unsigned integers to and from little-endian bytes, whatever the machine and the alignment. */
import type {MantissaLut} from './lut.js';

type Entries = MantissaLut['entries'];

/** Writes entries into `bytes` from `offset` on, at their own width. */
export function writeLittleEndian(entries: Entries, bytes: Uint8Array, offset: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = entries.BYTES_PER_ELEMENT;
  for (let e = 0; e < entries.length; e++) {
    const at = offset + e * width;
    if (width === 1) view.setUint8(at, entries[e]);
    else if (width === 2) view.setUint16(at, entries[e], true);
    else view.setUint32(at, entries[e], true);
  }
}

/** Reads as many entries of `width` bytes as there are in `bytes`, into memory of their own. */
export function readLittleEndian(bytes: Uint8Array, width: 1 | 2 | 4): Entries {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length / width;
  const entries = new [Uint8Array, Uint16Array, Uint32Array][width >> 1](length);
  for (let e = 0; e < length; e++) {
    const at = e * width;
    if (width === 1) entries[e] = view.getUint8(at);
    else if (width === 2) entries[e] = view.getUint16(at, true);
    else entries[e] = view.getUint32(at, true);
  }
  return entries;
}
