// SPDX-License-Identifier: Apache-2.0
/**
 * How time is taken. A series queues the work several times and reads the last result, as training
 * does, which reads a loss now and then; its time is divided by its length. A single run from start
 * to result is given as well, since it shows what waiting for a device costs.
 */
import * as tf from '@tensorflow/tfjs';
import type {Tensor} from '@tensorflow/tfjs';
import type {Workload} from './benchmark-case.js';
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

interface Budget {
  readonly warmUps: number;
  readonly series: number;
  /** A series is made so long, if the case allows. */
  readonly seriesMs: number;
  /** Where all series of a contender would take longer, fewer are measured. */
  readonly limitMs: number;
}

const BUDGETS: Record<Effort, Budget> = {
  smoke: {warmUps: 1, series: 1, seriesMs: 0, limitMs: 0},
  quick: {warmUps: 3, series: 5, seriesMs: 40, limitMs: 6_000},
  full: {warmUps: 5, series: 9, seriesMs: 120, limitMs: 20_000},
};

/** What is known of a workload before it is measured. */
export interface WarmUp {
  readonly kernelCalls: number;
  readonly singleMs: number;
  readonly queued: number;
}

/** @param mostQueued runs that may be queued before a result is read. */
export async function warmUp(
  workload: Workload,
  mostQueued: number,
  effort: Effort,
): Promise<WarmUp> {
  const {warmUps, seriesMs, limitMs} = BUDGETS[effort];
  // The first run compiles shaders; it is also the one whose kernels are counted.
  const kernelCalls = await countKernels(workload);
  let singleMs = Infinity;
  const started = performance.now();
  for (let i = 0; i < warmUps && (i === 0 || performance.now() - started < limitMs / 2); i++) {
    singleMs = Math.min(singleMs, await timeSeries(workload, 1));
  }
  const queued = Math.max(1, Math.min(mostQueued, Math.ceil(seriesMs / singleMs)));
  return {kernelCalls, singleMs, queued};
}

/** How many series each of some contenders gets. */
export function affordableSeries(warmUps: readonly WarmUp[], effort: Effort): number {
  const {series, limitMs} = BUDGETS[effort];
  const seriesMs = warmUps.reduce((sum, {singleMs, queued}) => sum + singleMs * queued, 0);
  const affordable = Math.floor((limitMs * warmUps.length) / seriesMs);
  return Math.max(1, Math.min(series, affordable));
}

export function spread(values: readonly number[]): Spread {
  return {median: median(values), min: Math.min(...values), max: Math.max(...values)};
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
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
