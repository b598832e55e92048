// SPDX-License-Identifier: Apache-2.0
/**
 * Measures every case with every contender, on one device and in one process.
 *
 * Contenders take turns, one series each per round: a machine that gets slower or faster while they
 * are measured changes all of them, and their ratios little. Slow ones leave after fewer rounds.
 */
import type {BenchmarkCase, Bits, Workload} from './benchmark-case.js';
import type {Effort} from './cases.js';
import {select, type Contender} from './contenders.js';
import {
  budgetFor,
  median,
  ratioOf,
  spread,
  timeKernels,
  timeSeries,
  warmUp,
  type Budget,
  type WarmUp,
} from './measure.js';
import type {Measurement, Untimed} from './results.js';

export interface RunOptions {
  /** Of approx. */
  readonly engine: string;
  readonly cases: readonly BenchmarkCase[];
  /** The first one is the one that the others are compared with. */
  readonly contenders: readonly Contender[];
  readonly effort: Effort;
  readonly timestamps: boolean;
  /** Called with what is being done, which may take long. */
  readonly onProgress?: (what: string) => void;
  readonly onResults?: (ofCase: Outcome) => void;
}

export interface Outcome {
  readonly measurements: Measurement[];
  readonly untimed: Untimed[];
}

const GPU_SERIES = 3;

interface Entry {
  readonly contender: Contender;
  readonly workload: Workload;
  readonly warmedUp: WarmUp;
  readonly wallMs: number[];
  readonly gpuMs: number[];
}

export async function runBenchmarks(options: RunOptions): Promise<Outcome> {
  const measurements: Measurement[] = [];
  const untimed: Untimed[] = [];
  const speeds = new Speeds();
  for (const benchmarkCase of options.cases) {
    const ofCase = await measureCase(benchmarkCase, options, speeds);
    options.onResults?.(ofCase);
    measurements.push(...ofCase.measurements);
    untimed.push(...ofCase.untimed);
  }
  return {measurements, untimed};
}

/** What a contender has done so far tells how long the next case of the kind will take it. */
class Speeds {
  readonly #macsPerMs = new Map<string, number>();

  estimateMs({name, expected}: Contender, {kind, macs}: BenchmarkCase): number {
    return macs / (this.#macsPerMs.get(`${name}|${kind}`) ?? expected(kind) / 1000);
  }

  note({name}: Contender, {kind, macs}: BenchmarkCase, ms: number): void {
    this.#macsPerMs.set(`${name}|${kind}`, macs / ms);
  }
}

async function measureCase(
  benchmarkCase: BenchmarkCase,
  {engine, contenders, effort, timestamps, onProgress}: RunOptions,
  speeds: Speeds,
): Promise<Outcome> {
  const {group, name} = benchmarkCase;
  const budget = budgetFor(effort, group);
  const workloads = new Workloads(benchmarkCase);
  const entries: Entry[] = [];
  const untimed: Untimed[] = [];
  const leaveOut = (contender: Contender, what: Pick<Untimed, 'short' | 'reason' | 'isFailure'>) =>
    untimed.push({engine, group, case: name, contender: contender.name, ...what});

  for (const contender of contenders) {
    const estimate = speeds.estimateMs(contender, benchmarkCase);
    if (estimate > budget.longestMs) {
      const seconds = `about ${Number((estimate / 1000).toPrecision(2))} s`;
      leaveOut(contender, {short: seconds, reason: `not timed: ${seconds}`, isFailure: false});
      continue;
    }
    onProgress?.(`${name}: warm-up, ${contender.name}`);
    try {
      entries.push(await enter(contender, workloads, benchmarkCase, budget));
      speeds.note(contender, benchmarkCase, entries.at(-1)!.warmedUp.singleMs);
    } catch (error) {
      leaveOut(contender, explain(error as Error, contender));
    }
  }
  const rounds = Math.max(0, ...entries.map(({warmedUp}) => warmedUp.series));
  for (let round = 0; round < rounds; round++) {
    onProgress?.(`${name}: round ${round + 1} of ${rounds}`);
    for (const {contender, workload, warmedUp, wallMs} of entries) {
      if (warmedUp.isDone || round >= warmedUp.series) continue;
      await select(contender);
      wallMs.push(await timeSeries(workload, warmedUp.queued));
    }
  }
  const onGpu = timestamps ? entries.filter(({contender}) => runsOnGpu(engine, contender)) : [];
  for (let round = 0; round < Math.min(GPU_SERIES, rounds); round++) {
    for (const {contender, workload, warmedUp, gpuMs} of onGpu) {
      onProgress?.(`${name}: GPU times`);
      await select(contender);
      gpuMs.push(await timeKernels(workload, warmedUp.queued));
    }
  }
  const measurements: Measurement[] = [];
  const stock = entries.find(({contender}) => contender === contenders[0]);
  const cpu = entries.find(({contender}) => contender.backend === 'cpu');
  for (const entry of entries) {
    const {contender, workload} = entry;
    let bits: Bits | null = null;
    if (contender.multiplier !== undefined && workload.check) {
      onProgress?.(`${name}: comparing bits, ${contender.name}`);
      await select(contender);
      bits = await workload.check(contender.multiplier);
    }
    measurements.push(measurementOf(engine, benchmarkCase, entry, bits, stock, cpu));
  }
  await workloads.dispose();
  return {measurements, untimed};
}

const runsOnGpu = (engine: string, {backend}: Contender): boolean =>
  engine === 'webgpu' && (backend === 'webgpu' || backend === 'approx');

async function enter(
  contender: Contender,
  workloads: Workloads,
  {mostQueued}: BenchmarkCase,
  budget: Budget,
): Promise<Entry> {
  await select(contender);
  const workload = workloads.of(contender);
  // A multiplier's table is built, and shaders are compiled, when they are first needed.
  const compiles = contender.backend === 'approx' || contender.backend === 'webgpu';
  const warmedUp = await warmUp(workload, mostQueued, budget, compiles);
  const wallMs = warmedUp.isDone ? [warmedUp.singleMs] : [];
  return {contender, workload, warmedUp, wallMs, gpuMs: []};
}

/** The multipliers of approx share their tensors, unless the work changes them. */
class Workloads {
  readonly #case: BenchmarkCase;
  readonly #made: {contender: Contender; workload: Workload}[] = [];

  constructor(benchmarkCase: BenchmarkCase) {
    this.#case = benchmarkCase;
  }

  /** The contender must be selected. */
  of(contender: Contender): Workload {
    const made = this.#made.find(other => other.contender.backend === contender.backend);
    if (made && !this.#case.hasState) return made.workload;
    const workload = this.#case.prepare();
    this.#made.push({contender, workload});
    return workload;
  }

  async dispose(): Promise<void> {
    for (const {contender, workload} of this.#made) {
      await select(contender);
      workload.dispose();
    }
  }
}

/** Stock backends lack kernels, which is no fault of a run; anything else is. */
function explain(
  {message}: Error,
  {name}: Contender,
): Pick<Untimed, 'short' | 'reason' | 'isFailure'> {
  const kernel = /Kernel '(\w+)' not registered/.exec(message)?.[1];
  return kernel === undefined
    ? {short: 'failed', reason: message.split('\n')[0], isFailure: true}
    : {short: 'n/a', reason: `${name} has no kernel ${kernel}`, isFailure: false};
}

function measurementOf(
  engine: string,
  {group, name, shape, macs}: BenchmarkCase,
  entry: Entry,
  bits: Bits | null,
  stock: Entry | undefined,
  cpu: Entry | undefined,
): Measurement {
  const {contender, warmedUp, wallMs} = entry;
  const {kernelCalls, singleMs, queued} = warmedUp;
  const ratioTo = (base?: Entry): number | null =>
    base === undefined || base === entry ? null : ratioOf(wallMs, base.wallMs);
  const gpuMs = (of?: Entry): number | null => (of?.gpuMs.length ? median(of.gpuMs) : null);
  const [own, others] = [gpuMs(entry), gpuMs(stock)];
  return {
    engine,
    group,
    case: name,
    contender: contender.name,
    backend: contender.backend,
    multiplier: contender.multiplier ?? null,
    evaluation: contender.evaluation ?? null,
    bits,
    shape,
    macs,
    wallMs: spread(wallMs),
    gpuMs: own,
    kernelCalls,
    singleMs,
    queued,
    series: wallMs.length,
    ratio: ratioTo(stock),
    cpuRatio: ratioTo(cpu),
    // A timer's step may be longer than a small kernel.
    gpuRatio: entry === stock || !own || !others ? null : own / others,
  };
}
