// SPDX-License-Identifier: Apache-2.0
/**
 * How time is taken. A series queues the work several times and reads the last result, as training
 * does, which reads a loss now and then; its time is divided by its length. A single run from start
 * to result is given as well, since it shows what waiting for a device costs.
 */
import * as tf from '@tensorflow/tfjs';
import type {Tensor} from '@tensorflow/tfjs';
import type {GroupName, Workload} from './benchmark-case.js';
import type {Effort} from './cases.js';

export interface Timing {
  /** Milliseconds of one run, within a series. */
  readonly wallMs: Spread;
  /** Milliseconds of one run that is waited for. */
  readonly singleMs: number;
  /** Milliseconds that kernels kept the GPU busy in one run; null without timestamp queries. */
  readonly gpuMs: number | null;
  /** Series measured, and runs in each. */
  readonly series: number;
  readonly queued: number;
  /** tfjs kernels called in one run. */
  readonly kernelCalls: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Budget {
  readonly warmUps: number;
  readonly series: number;
  /** A series is made so long, if the case allows. */
  readonly seriesMs: number;
  /** Where all series of a contender would take longer, fewer are measured. */
  readonly limitMs: number;
  /** A backend that compiles nothing and takes longer than this is timed once, without a warm-up. */
  readonly onceMs: number;
  /** What would take longer than this is not done. */
  readonly longestMs: number;
}

const BUDGETS: Record<Effort, Budget> = {
  smoke: {warmUps: 1, series: 1, seriesMs: 0, limitMs: 0, onceMs: 0, longestMs: 5_000},
  quick: {warmUps: 2, series: 5, seriesMs: 30, limitMs: 3_000, onceMs: 500, longestMs: 5_000},
  full: {warmUps: 3, series: 9, seriesMs: 100, limitMs: 5_000, onceMs: 1_000, longestMs: 20_000},
};

/** There are many convolutions, so that each gets less. */
const CONVOLUTIONS: Partial<Record<Effort, Partial<Budget>>> = {
  quick: {series: 3, seriesMs: 10, limitMs: 800, onceMs: 200, longestMs: 1_000},
  full: {series: 5, seriesMs: 20, limitMs: 1_000, onceMs: 400, longestMs: 12_000},
};
/** Here too, but for the largest products. */
const GROWTH: Partial<Record<Effort, Partial<Budget>>> = {
  full: {series: 5, seriesMs: 40, limitMs: 2_000},
};

export function budgetFor(effort: Effort, group: GroupName): Budget {
  const own = group === 'conv' ? CONVOLUTIONS : group === 'growth' ? GROWTH : {};
  return {...BUDGETS[effort], ...own[effort]};
}

/** What is known of a workload before it is measured. */
export interface WarmUp {
  readonly kernelCalls: number;
  readonly singleMs: number;
  readonly queued: number;
  /** Series that it gets. */
  readonly series: number;
  /** The first run was the only one. */
  readonly isDone: boolean;
}

/**
 * @param mostQueued runs that may be queued before a result is read.
 * @param compiles whether a first run says nothing about later ones.
 */
export async function warmUp(
  workload: Workload,
  mostQueued: number,
  budget: Budget,
  compiles: boolean,
): Promise<WarmUp> {
  const {warmUps, seriesMs, limitMs, onceMs} = budget;
  // The first run compiles shaders; it is also the one whose kernels are counted.
  const started = performance.now();
  const kernelCalls = await countKernels(workload);
  const firstMs = performance.now() - started;
  if (!compiles && firstMs > onceMs) {
    return {kernelCalls, singleMs: firstMs, queued: 1, series: 1, isDone: true};
  }
  let singleMs = Infinity;
  const warm = performance.now();
  for (let i = 0; i < warmUps && (i === 0 || performance.now() - warm < limitMs / 2); i++) {
    singleMs = Math.min(singleMs, await timeSeries(workload, 1));
  }
  const queued = Math.max(1, Math.min(mostQueued, Math.ceil(seriesMs / singleMs)));
  const series = affordableSeries(singleMs * queued, budget);
  return {kernelCalls, singleMs, queued, series, isDone: false};
}

/** How many series there is time for. */
export function affordableSeries(oneMs: number, {series, limitMs}: Budget): number {
  return Math.max(1, Math.min(series, Math.floor(limitMs / oneMs)));
}

export function spread(values: readonly number[]): Spread {
  return {median: median(values), min: Math.min(...values), max: Math.max(...values)};
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * How long one takes by the other: the median over rounds, in which a machine that changes speed changes
 * both. Where one left after fewer rounds, the few that both took part in say less than all of them: it is
 * the ratio of the medians then.
 */
export function ratioOf(times: readonly number[], base: readonly number[]): number {
  return times.length === base.length
    ? median(times.map((ms, round) => ms / base[round]))
    : median(times) / median(base);
}

/** @returns Milliseconds per run. */
export async function timeSeries(workload: Workload, queued: number): Promise<number> {
  const start = performance.now();
  let last: Tensor | null = null;
  for (let i = 0; i < queued; i++) {
    last?.dispose();
    last = workload.run();
  }
  await last!.data();
  const elapsed = performance.now() - start;
  last!.dispose();
  return elapsed / queued;
}

/**
 * @returns Milliseconds per run that kernels kept the GPU busy. Drivers round timestamps, to 65
 *   microseconds or so: the mean of many kernels evens that out.
 */
export async function timeKernels(workload: Workload, queued: number): Promise<number> {
  const {kernelMs} = await tf.time(() => {
    for (let run = 0; run < queued; run++) workload.run().dispose();
  });
  return (kernelMs as number) / queued;
}

async function countKernels(workload: Workload): Promise<number> {
  let output: Tensor | null = null;
  const {kernels} = await tf.profile(() => (output = workload.run()));
  await output!.data();
  (output as Tensor | null)?.dispose();
  return kernels.length;
}
