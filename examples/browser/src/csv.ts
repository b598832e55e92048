// SPDX-License-Identifier: Apache-2.0
/** A run's figures as CSV: one row per batch, then the test set's after each epoch. */
import type {RunLog} from './charts.js';
import {SERIES} from './protocol.js';

export function toCsv({names, steps, epochs}: RunLog): string {
  const columns = SERIES.flatMap(series => [`${names[series]}_loss`, `${names[series]}_accuracy`]);
  const rows = (set: string, list: RunLog['steps'] | RunLog['epochs']) =>
    list.map(row =>
      [
        set,
        row.epoch,
        row.step,
        ...SERIES.flatMap(name => [row[name].loss, row[name].accuracy]),
      ].join(),
    );
  return [
    ['set', 'epoch', 'step', ...columns].join(),
    ...rows('train', steps),
    ...rows('test', epochs),
    '',
  ].join('\n');
}
