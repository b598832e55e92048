// SPDX-License-Identifier: Apache-2.0
/**
 * A square table of numbers as text: a row per line, numbers separated by commas, semicolons, tabs
 * or spaces. `#` begins a comment, and empty lines do not count.
 */
import {LutFormatError} from '@tfjs-approx/arithmetic';
import {HEADER_REMEDY, type Matrix, checkShape} from './matrix.js';

/** Characters of a line; 4,096 numbers take less. */
const MAX_LINE = 2 ** 18;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** @throws {LutFormatError} at the first line that is not a row of such a table. */
export function decodeCsv(bytes: Uint8Array, file: string): Matrix {
  const text = new TextDecoder().decode(bytes);
  let values = new Float64Array(0);
  let columns = 0;
  let rows = 0;
  let line = 0;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (end - at > MAX_LINE) {
      throw new LutFormatError(file, `line ${line + 1}`, {
        found: `${end - at} characters`,
        expected: `at most ${MAX_LINE}`,
      });
    }
    const row = text.slice(at, end).replace(/#.*/, '').trim();
    at = end + 1;
    line++;
    if (row === '') continue;
    const cells = row.split(/\s*[,;]\s*|\s+/);
    if (rows === 0) {
      columns = cells.length;
      checkShape({rows: columns, columns}, file);
      values = new Float64Array(columns * columns);
    }
    if (cells.length !== columns || rows === columns) {
      throw new LutFormatError(file, `line ${line}`, {
        found: rows === columns ? 'another row' : `${cells.length} numbers`,
        expected: `${columns} rows of ${columns}, as the first has`,
        remedy: rows === columns ? HEADER_REMEDY : undefined,
      });
    }
    for (const [column, cell] of cells.entries()) {
      if (!NUMBER.test(cell)) {
        throw new LutFormatError(file, `line ${line}`, {
          found: JSON.stringify(cell.slice(0, 40)),
          expected: 'a number',
          remedy: rows === 0 || column === 0 ? HEADER_REMEDY : undefined,
        });
      }
      values[rows * columns + column] = Number(cell);
    }
    rows++;
  }
  if (rows !== columns || rows === 0) {
    throw new LutFormatError(file, 'rows', {
      found: String(rows),
      expected: rows === 0 ? 'a table of numbers' : `${columns}, as there are columns`,
    });
  }
  return {rows, columns, values};
}
