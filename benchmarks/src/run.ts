// SPDX-License-Identifier: Apache-2.0
/**
 * Measures every case with every contender, on one device and in one process.
 *
 * Contenders take turns, one series each per round: a machine that gets slower or faster while they
 * are measured changes all of them, and their ratios little.
 */
import type {BenchmarkCase, Bits, Workload} from './benchmark-case.js';
import type {Effort} from './cases.js';
import {select, type Contender} from './contenders.js';
import {
  affordableSeries,
  median,
  spread,
  timeKernels,
  timeSeries,
  warmUp,
  type WarmUp,
} from './measure.js';
import type {Measurement} from './results.js';

export interface RunOptions {
  readonly cases: readonly BenchmarkCase[];
  /** The first one is the one that the others are compared with. */
  readonly contenders: readonly Contender[];
  readonly effort: Effort;
  readonly timestamps: boolean;
  /** Called with what is being done, which may take long. */
  readonly onProgress?: (what: string) => void;
  readonly onResults?: (ofCase: readonly Measurement[]) => void;
}

const GPU_SERIES = 3;

interface Entry {
  readonly contender: Contender;
  readonly workload: Workload;
  readonly warmedUp: WarmUp;
  readonly wallMs: number[];
  readonly gpuMs: number[];
}

export async function runBenchmarks(options: RunOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const benchmarkCase of options.cases) {
    const ofCase = await measureCase(benchmarkCase, options);
    options.onResults?.(ofCase);
    measurements.push(...ofCase);
  }
  return measurements;
}

async function measureCase(
  benchmarkCase: BenchmarkCase,
  {contenders, effort, timestamps, onProgress}: RunOptions,
): Promise<Measurement[]> {
  const {name, mostQueued} = benchmarkCase;
  const entries: Entry[] = [];
  for (const contender of contenders) {
    onProgress?.(`${name}: warm-up, ${contender.name}`);
    await select(contender);
    const workload = benchmarkCase.prepare();
    const warmedUp = await warmUp(workload, mostQueued, effort);
    entries.push({contender, workload, warmedUp, wallMs: [], gpuMs: []});
  }
  const series = affordableSeries(
    entries.map(({warmedUp}) => warmedUp),
    effort,
  );
  for (let round = 0; round < series; round++) {
    onProgress?.(`${name}: round ${round + 1} of ${series}`);
    for (const {contender, workload, warmedUp, wallMs} of entries) {
      await select(contender);
      wallMs.push(await timeSeries(workload, warmedUp.queued));
    }
  }
  const gpuSeries = timestamps ? Math.min(GPU_SERIES, series) : 0;
  for (let round = 0; round < gpuSeries; round++) {
    onProgress?.(`${name}: GPU times`);
    for (const {contender, workload, warmedUp, gpuMs} of entries) {
      await select(contender);
      gpuMs.push(await timeKernels(workload, warmedUp.queued));
    }
  }
  const measurements: Measurement[] = [];
  for (const entry of entries) {
    const {contender, workload} = entry;
    let bits: Bits | null = null;
    if (contender.multiplier !== undefined && workload.check) {
      onProgress?.(`${name}: comparing bits, ${contender.name}`);
      await select(contender);
      bits = await workload.check(contender.multiplier);
    }
    measurements.push(measurementOf(benchmarkCase, entry, bits, entries[0]));
  }
  for (const {contender, workload} of entries) {
    await select(contender);
    workload.dispose();
  }
  return measurements;
}

function measurementOf(
  {group, name, macs}: BenchmarkCase,
  entry: Entry,
  bits: Bits | null,
  stock: Entry,
): Measurement {
  const {contender, warmedUp, wallMs} = entry;
  const gpuMs = (of: Entry): number | null => (of.gpuMs.length > 0 ? median(of.gpuMs) : null);
  const [own, others] = [gpuMs(entry), gpuMs(stock)];
  const isStock = entry === stock;
  return {
    group,
    case: name,
    contender: contender.name,
    backend: contender.backend,
    multiplier: contender.multiplier ?? null,
    evaluation: contender.evaluation ?? null,
    bits,
    macs: macs ?? null,
    wallMs: spread(wallMs),
    gpuMs: own,
    ...warmedUp,
    series: wallMs.length,
    ratio: isStock ? null : median(wallMs.map((ms, round) => ms / stock.wallMs[round])),
    // A timer's step may be longer than a small kernel.
    gpuRatio: isStock || !own || !others ? null : own / others,
  };
}
