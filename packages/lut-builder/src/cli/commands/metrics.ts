// SPDX-License-Identifier: Apache-2.0
/** `lut-builder metrics`: the errors of several multipliers side by side. */
import {errorMetrics} from '../../analysis/error-metrics.js';
import {type Report, paint, table} from '../command-output.js';
import {multipliersOrTables} from '../source.js';
import type {ReadOptions} from '../table-file.js';

export async function metrics(
  namesOrFiles: readonly string[],
  options: ReadOptions,
): Promise<Report> {
  const measured = [];
  for (const {source, multiplier} of await multipliersOrTables(namesOrFiles, options)) {
    const {fractionBits: mantissaBits} = multiplier.format;
    measured.push({source, name: multiplier.name, mantissaBits, ...errorMetrics(multiplier)});
  }
  const percent = (value: number) => value.toFixed(3);
  const rows = measured.map(m => [
    m.source,
    String(m.mantissaBits),
    percent(m.mean),
    percent(m.meanAbsolute),
    percent(m.rootMeanSquare),
    percent(m.min),
    percent(m.max),
    `${m.errorRate.toFixed(1)}%`,
    percent(m.variance),
    percent(m.normalisedMeanErrorDistance),
  ]);
  const right = (title: string) => ({title, align: 'right'}) as const;
  const numbers = [
    'BITS',
    'MEAN',
    'MEAN ABS',
    'RMS',
    'MIN',
    'MAX',
    'INEXACT',
    'VARIANCE',
    'NMED',
  ].map(right);
  return {
    json: measured,
    text:
      `${table([{title: 'MULTIPLIER'}, ...numbers], rows)}\n` +
      paint(
        'dim',
        'Relative errors in percent of the exact product, over all pairs of fractions; ' +
          'NMED in percent of the largest.',
      ),
  };
}
