// SPDX-License-Identifier: Apache-2.0
/** Lays results out: tables for the terminal, CSV and JSON for files. Imports no tfjs. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {GroupName} from './benchmark-case.js';
import {
  gmacPerSecond,
  limitShare,
  speedupOverDirect,
  type BenchmarkResults,
  type Measurement,
  type Untimed,
} from './results.js';

/** The lines above the tables. */
export function heading({device, provenance, effort}: BenchmarkResults): string {
  const {commit, versions, machine} = provenance;
  const driver = device.driver === null ? '' : `; driver ${device.driver}`;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${device.name}${driver}`,
    `${effort} benchmark; commit ${commit ?? 'unknown'}; ${provenance.date}`,
    `${machine.processor}, ${machine.cores} cores; ${machine.system}`,
    packages.join(', '),
  ].join('\n');
}

const TITLES: Record<GroupName, string> = {
  gemm: 'Matrix products',
  conv: 'Convolution layers',
  step: 'Training steps',
  growth: 'Time by work',
};

/** Everything for a terminal of 120 columns, without a final newline. */
export function tables(run: BenchmarkResults): string {
  const engines = [...new Set([...run.measurements, ...run.untimed].map(({engine}) => engine))];
  const parts = engines.flatMap(engine => {
    const stock = run.measurements.find(m => m.engine === engine && m.multiplier === null);
    const base = stock?.contender ?? `stock ${engine}`;
    const ofGroup = (group: GroupName): string[] => {
      const measured = run.measurements.filter(m => m.engine === engine && m.group === group);
      const others = run.untimed.filter(m => m.engine === engine && m.group === group);
      if (measured.length === 0) return [];
      const title = `${TITLES[group]}, approx on ${engine}`;
      return group === 'gemm' || group === 'step'
        ? [`${title}; ratio: time over that of ${base}\n${table(measured, others, run)}`]
        : group === 'conv'
          ? [`${title}: ms of ${base}, then time over it\n${pivot(measured, others, base)}`]
          : [`${title}: ms\n${pivot(measured, others)}`];
    };
    return (['gemm', 'conv', 'step', 'growth'] as const).flatMap(ofGroup);
  });
  return [...parts, footer(run)].filter(Boolean).join('\n\n');
}

/** A row per contender. @returns lines without a final newline. */
export function table(
  measurements: readonly Measurement[],
  untimed: readonly Untimed[] = [],
  {direct, lookUpLimit}: Pick<BenchmarkResults, 'direct' | 'lookUpLimit'> = {
    direct: null,
    lookUpLimit: null,
  },
): string {
  const columns: [header: string, cell: (m: Measurement) => string][] = [
    ['contender', m => m.contender],
    ['form', m => m.evaluation ?? ''],
    ['bits', m => m.bits ?? ''],
    ['ms', m => digits(m.wallMs.median)],
    ['ratio', m => digits(m.ratio)],
    ['GPU ms', m => digits(m.gpuMs)],
    ['ratio', m => digits(m.gpuRatio)],
    ['GMAC/s', m => digits(gmacPerSecond(m))],
    ['of limit', m => percent(limitShare(m, lookUpLimit))],
    ['x cpu', m => digits(m.cpuRatio === null ? null : 1 / m.cpuRatio)],
    ['x direct', m => digits(speedupOverDirect(m, direct))],
  ];
  // Columns without a figure are left out.
  const used = columns.filter(
    ([header], i) =>
      i < 5 || header === 'GMAC/s' || measurements.some(m => columns[i][1](m) !== ''),
  );
  const rows = [['case', ...used.map(([header]) => header)]];
  const contenders = contendersOf(measurements, untimed);
  for (const name of casesOf(measurements, untimed)) {
    const start = rows.length;
    for (const contender of contenders) {
      const isOfRow = (of: Measurement | Untimed) => of.case === name && of.contender === contender;
      const m = measurements.find(isOfRow);
      const why = untimed.find(isOfRow);
      if (m) rows.push(['', ...used.map(([, cell]) => cell(m))]);
      else if (why) rows.push(['', contender, '', '', why.short, ...used.slice(4).map(() => '')]);
    }
    rows[start][0] = name;
  }
  return align(rows, 4);
}

/** A row per case and a column per contender: milliseconds, or ratios to a base's. */
function pivot(
  measurements: readonly Measurement[],
  untimed: readonly Untimed[],
  base?: string,
): string {
  const contenders = contendersOf(measurements, untimed);
  const header = ['case', 'MMAC', ...contenders.map(name => name.replace('stock ', ''))];
  const rows = casesOf(measurements, untimed).map(name => {
    const ofCase = measurements.filter(m => m.case === name);
    const cells = contenders.map(contender => {
      const m = ofCase.find(other => other.contender === contender);
      const why = untimed.find(other => other.case === name && other.contender === contender);
      if (!m) return why?.short.replace('about ', '~') ?? '';
      return digits(base === undefined || contender === base ? m.wallMs.median : m.ratio);
    });
    const macs = ofCase[0]?.macs ?? null;
    return [name, digits(macs === null ? null : macs / 1e6), ...cells];
  });
  return align([header, ...rows], 1);
}

/** In the order of the run; a stock backend that was not timed at first comes after the others of its kind. */
function contendersOf(measurements: readonly Measurement[], untimed: readonly Untimed[]): string[] {
  const approx = new Set(measurements.filter(m => m.multiplier !== null).map(m => m.contender));
  const names = [...new Set([...measurements, ...untimed].map(({contender}) => contender))];
  return names.sort((a, b) => Number(approx.has(a)) - Number(approx.has(b)));
}

function casesOf(measurements: readonly Measurement[], untimed: readonly Untimed[]): string[] {
  return [...new Set([...measurements, ...untimed].map(({case: name}) => name))];
}

function footer({direct, lookUpLimit, notes, untimed, device}: BenchmarkResults): string {
  const reasons = new Set(
    untimed.filter(({short}) => !short.startsWith('about')).map(({reason}) => reason),
  );
  const isSlow = untimed.some(({short}) => short.startsWith('about'));
  return [
    ...(direct
      ? [
          `Direct simulation of ${direct.multiplier}, without a table, on one core: ` +
            `${digits(direct.gmacPerSecond)} GMAC/s (x direct: how many times as fast).`,
        ]
      : []),
    lookUpLimit
      ? `Look-up limit: ${digits(lookUpLimit.perSecond / 1e9)} GMAC/s (${lookUpLimit.from}).`
      : `Look-up limit: not known for ${device.name}.`,
    ...(isSlow ? ['About N s: not timed, as it would take that long.'] : []),
    ...[...reasons].map(reason => `n/a: ${reason}.`),
    ...notes.map(note => `${note}.`),
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

const percent = (share: number | null): string =>
  share === null ? '' : `${digits(100 * share)} %`;

const CSV_COLUMNS: Record<string, (m: Measurement, run: BenchmarkResults) => unknown> = {
  device: (_, run) => run.device.name,
  driver: (_, run) => run.device.driver,
  engine: m => m.engine,
  effort: (_, run) => run.effort,
  commit: (_, run) => run.provenance.commit,
  date: (_, run) => run.provenance.date,
  group: m => m.group,
  case: m => m.case,
  shape: m => m.shape,
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
  cpu_ratio: m => m.cpuRatio,
  gmac_per_s: m => gmacPerSecond(m),
  speedup_over_direct: (m, run) => speedupOverDirect(m, run.direct),
  share_of_lookup_limit: (m, run) => limitShare(m, run.lookUpLimit),
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
  writeFileSync(`${name}.txt`, `${heading(run)}\n\n${tables(run)}\n`);
  return [`${name}.json`, `${name}.csv`, `${name}.txt`];
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
