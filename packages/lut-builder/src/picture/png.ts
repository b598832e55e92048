// SPDX-License-Identifier: Apache-2.0
/** PNG files of up to 256 colours, for heat maps inside an SVG: one byte a cell before compression. */
import {crc32, deflateSync} from 'node:zlib';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const EIGHT_BIT_PALETTE = [8, 3, 0, 0, 0];

/**
 * @param pixels Indices into the palette, row-major from the top.
 * @param palette [red, green, blue] of 0..255.
 */
export function encodePng(
  width: number,
  height: number,
  pixels: Uint8Array,
  palette: ReadonlyArray<readonly number[]>,
): Uint8Array {
  // Each row begins with the number of its filter: 0, none.
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', Uint8Array.from([...word(width), ...word(height), ...EIGHT_BIT_PALETTE])),
    chunk('PLTE', Uint8Array.from(palette.flat())),
    chunk('IDAT', deflateSync(rows, {level: 9})),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([word(data.length), named, word(crc32(named))]);
}

function word(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
