// SPDX-License-Identifier: Apache-2.0
// Writes packages/models/src/digits-data.ts from the UCI digits as CSV (64 pixels 0..16 and a label per line, gzip
// or not): node --import tsx tools/embed-digits.ts digits.csv.gz
//
// The bytes are stored column by column (all first pixels, all second ones, ..., the labels), which
// compresses a little better, deflated (zlib) and in base64.

import {readFileSync, writeFileSync} from 'node:fs';
import {deflateSync, gunzipSync} from 'node:zlib';

const source = process.argv[2];
if (!source) {
  console.error('usage: node --import tsx tools/embed-digits.ts digits.csv[.gz]');
  process.exit(2);
}
const COLUMNS = 65;
const file = readFileSync(source);
const csv = (file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file).toString('latin1');
const rows = csv
  .trim()
  .split(/\r?\n/)
  .map((line, i) => {
    const row = line.split(',').map(Number);
    const ok =
      row.length === COLUMNS &&
      row.every((value, c) => Number.isInteger(value) && value >= 0 && value <= (c < 64 ? 16 : 9));
    if (!ok) throw new Error(`line ${i + 1}: expected 64 pixels 0..16 and a label 0..9`);
    return row;
  });

const bytes = new Uint8Array(rows.length * COLUMNS);
for (let c = 0; c < COLUMNS; c++) {
  rows.forEach((row, r) => (bytes[c * rows.length + r] = row[c]!));
}
const base64 = deflateSync(bytes, {level: 9}).toString('base64');
const lines = base64.match(/.{1,96}/g)!;
writeFileSync(
  new URL('../packages/models/src/digits-data.ts', import.meta.url),
  `// SPDX-License-Identifier: CC-BY-4.0
/**
 * Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak; UCI Machine Learning Repository,
 * 1998, https://doi.org/10.24432/C50P49), licensed under CC BY 4.0: the ${rows.length.toLocaleString('en')} images of its
 * test part, 8x8 pixels 0..16 with a label. Repacked, values unchanged.
 *
 * Written by tools/embed-digits.ts; do not edit.
 */

export const DIGITS_COUNT = ${rows.length};

/** base64 of zlib data: byte [c * DIGITS_COUNT + i] is pixel c of image i, and for c = 64 its label. */
// prettier-ignore
export const DIGITS_BASE64 =
${lines.map(line => `  '${line}'`).join(' +\n')};
`,
);
