// SPDX-License-Identifier: Apache-2.0
/** What a command answers, once for people (text) and once for programs (JSON), and its layout. */
import type {WriteStream} from 'node:tty';
import {styleText} from 'node:util';

export interface Report {
  /** Plain data, printed with `--json`. */
  readonly json: unknown;
  readonly text: string;
}

type Style = 'bold' | 'dim' | 'red';

/** Colours only on a terminal that has them; `hasColors` also heeds NO_COLOR and FORCE_COLOR. */
export function paint(style: Style, text: string, stream: WriteStream = process.stdout): string {
  return stream.isTTY && stream.hasColors()
    ? styleText(style, text, {validateStream: false})
    : text;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly style?: Style;
}

/**
 * Rows under bold titles. On a terminal the last column is cut where the line would break;
 * elsewhere nothing is.
 */
export function table(columns: readonly Column[], rows: readonly string[][]): string {
  const titles = columns.map(({title}) => title);
  const widths = columns.map((_, c) => Math.max(...[titles, ...rows].map(row => row[c].length)));
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  // A terminal may not know its width, and say 0.
  const room = Math.max(10, (process.stdout.columns || Infinity) - before);

  const fit = (cell: string, c: number) => {
    if (columns[c].align === 'right') return cell.padStart(widths[c]);
    if (c < last) return cell.padEnd(widths[c]);
    return cell.length > room ? `${cell.slice(0, room - 1)}…` : cell;
  };
  const line = (row: readonly string[], styleOf: (column: Column) => Style | undefined) =>
    row
      .map((cell, c) => {
        const style = styleOf(columns[c]);
        return style ? paint(style, fit(cell, c)) : fit(cell, c);
      })
      .join('  ');
  return [line(titles, () => 'bold'), ...rows.map(row => line(row, column => column.style))].join(
    '\n',
  );
}

/** `label   value` lines with the values aligned. */
export function facts(entries: ReadonlyArray<readonly [label: string, value: string]>): string {
  const width = Math.max(...entries.map(([label]) => label.length));
  return entries
    .map(([label, value]) => `  ${paint('dim', label.padEnd(width))}  ${value}`)
    .join('\n');
}

/** 16,384 */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
