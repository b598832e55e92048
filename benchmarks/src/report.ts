// SPDX-License-Identifier: Apache-2.0
/** Lays results out: a table for the terminal, CSV and JSON for files. Imports no tfjs. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {BenchmarkResults, Measurement} from './results.js';

/** @returns lines without a final newline. */
export function table(measurements: readonly Measurement[]): string {
  const hasGpuTimes = measurements.some(({gpuMs}) => gpuMs !== null);
  const header = ['case', 'contender', 'form', 'bits', 'ms', 'ratio'];
  if (hasGpuTimes) header.push('GPU ms', 'ratio');
  header.push('GMAC/s');
  const rows = measurements.map((m, i) => {
    const row = [
      m.case === measurements[i - 1]?.case ? '' : m.case,
      m.contender,
      m.evaluation ?? '',
      m.bits ?? '',
      digits(m.wallMs.median),
      digits(m.ratio),
    ];
    if (hasGpuTimes) row.push(digits(m.gpuMs), digits(m.gpuRatio));
    row.push(m.macs === null ? '' : digits(m.macs / m.wallMs.median / 1e6));
    return row;
  });
  return align([header, ...rows], 4);
}

/** The line above the table. */
export function heading({device, provenance, effort}: BenchmarkResults): string {
  const {commit, versions, machine} = provenance;
  const driver = device.driver === null ? '' : `; driver ${device.driver}`;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${device.name}${driver}`,
    `${device.engine} engine against stock ${device.stock}, ${effort}; commit ${commit ?? 'unknown'}`,
    `${machine.processor}, ${machine.cores} cores; ${machine.system}`,
    packages.join(', '),
  ].join('\n');
}

/** Cells are padded with spaces; from column `numbersFrom` on to the right. */
export function align(rows: readonly (readonly string[])[], numbersFrom: number): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows
    .map(row =>
      row
        .map((cell, c) => (c < numbersFrom ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Three significant digits, never in exponential form. */
export function digits(value: number | null): string {
  if (value === null) return '';
  if (!Number.isFinite(value)) return String(value);
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(6, decimals));
}

const CSV_COLUMNS: Record<string, (m: Measurement, run: BenchmarkResults) => unknown> = {
  device: (_, run) => run.device.name,
  driver: (_, run) => run.device.driver,
  engine: (_, run) => run.device.engine,
  effort: (_, run) => run.effort,
  commit: (_, run) => run.provenance.commit,
  date: (_, run) => run.provenance.date,
  case: m => m.case,
  contender: m => m.contender,
  evaluation: m => m.evaluation,
  bits: m => m.bits,
  macs: m => m.macs,
  wall_ms: m => m.wallMs.median,
  wall_min_ms: m => m.wallMs.min,
  wall_max_ms: m => m.wallMs.max,
  single_ms: m => m.singleMs,
  gpu_ms: m => m.gpuMs,
  ratio: m => m.ratio,
  gpu_ratio: m => m.gpuRatio,
  series: m => m.series,
  queued: m => m.queued,
  kernel_calls: m => m.kernelCalls,
};

/** One line per measurement, with its device, so that files of several devices can be joined. */
export function csv(run: BenchmarkResults): string {
  const lines = run.measurements.map(m =>
    Object.values(CSV_COLUMNS).map(column => csvCell(column(m, run))),
  );
  return [Object.keys(CSV_COLUMNS), ...lines].map(line => line.join(',') + '\n').join('');
}

function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @returns the paths written. */
export function writeResults(folder: string, run: BenchmarkResults): string[] {
  mkdirSync(folder, {recursive: true});
  const name = join(folder, fileName(run));
  writeFileSync(`${name}.json`, JSON.stringify(run, null, 2) + '\n');
  writeFileSync(`${name}.csv`, csv(run));
  return [`${name}.json`, `${name}.csv`];
}

/** Without extension: the device, and the effort where it is not full. */
export function fileName({device, effort}: BenchmarkResults): string {
  const slug = device.name
    .toLowerCase()
    .replace(/\((r|tm)\)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return effort === 'full' ? slug : `${slug}-${effort}`;
}
