// SPDX-License-Identifier: Apache-2.0
/** The table at the end, and how figures are written. */
import type {Run} from './training.js';

export const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
export function seconds(value: number): string {
  if (value < 99.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Where the runs were computed. */
export interface Machine {
  engine: string;
  device: string;
}

/** One line per run, columns aligned, figures to the right. */
export function table(runs: readonly Run[], {engine, device}: Machine): string {
  const rows = [
    [
      'multiplier',
      'train acc.',
      'test acc.',
      'final loss',
      'seconds',
      'approximate',
      'engine',
      'device',
    ],
    ...runs.map(({multiplier, history, seconds, approximateShare}) => {
      const last = history.at(-1)!;
      return [
        multiplier,
        percent(last.trainAccuracy),
        percent(last.testAccuracy),
        last.trainLoss.toFixed(4),
        seconds.toFixed(1),
        `${(100 * approximateShare).toFixed(2)} %`,
        engine,
        device,
      ];
    }),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  const line = (row: string[]) =>
    row
      .map((cell, c) => (c >= 1 && c <= 5 ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join('  ')
      .trimEnd();
  const rule = widths.map(width => '─'.repeat(width)).join('──');
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
}

/** What the columns mean. */
export const TABLE_NOTES = `\
train acc., final loss  means over the batches of the last epoch
test acc.               after the last epoch, computed with the same multiplier
approximate             share of all multiply-accumulates formed by an approximate multiplier
                        (fp32 is exact)`;
