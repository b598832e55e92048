// SPDX-License-Identifier: Apache-2.0
/** PNG files of up to 256 colours, for heat maps inside an SVG: one byte a cell before compression. */
import {type IndexedColors, encode} from 'fast-png';

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
  const colours = palette.map(colour => [...colour]) as IndexedColors;
  return encode(
    {width, height, data: pixels, channels: 1, depth: 8, palette: colours},
    {zlib: {level: 9}},
  );
}
