// SPDX-License-Identifier: Apache-2.0
/**
 * Runs on the CPU engine, several at a time: much of a small network's step is not the engine's, and
 * has one thread only, so runs side by side use the cores better. Their results do not depend on it.
 */
import {Worker} from 'node:worker_threads';
import type {Epoch, Observer, Run, Settings} from './training.js';

export interface Job {
  /** As on the command line: a thread cannot be handed a Multiplier, which has functions. */
  nameOrPath: string;
  settings: Settings;
  /** Threads of the engine: what is left of the cores for each run. */
  threads: number;
}

/** What a thread tells. */
export type Message =
  | {kind: 'start'}
  | {kind: 'batch'; figures: Parameters<Observer['onBatch']>}
  | {kind: 'epoch'; epoch: Epoch}
  | {kind: 'end'; run: Run};

/**
 * @param observers one per job.
 * @returns the runs, in the order of the jobs.
 */
export async function trainInParallel(
  jobs: readonly Job[],
  atATime: number,
  observers: readonly Observer[],
): Promise<Run[]> {
  const runs: Run[] = [];
  const working = new Set<Worker>();
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) {
      const i = next++;
      runs[i] = await trainInThread(jobs[i], observers[i], working);
    }
  };
  try {
    await Promise.all(Array.from({length: Math.min(atATime, jobs.length)}, lane));
  } finally {
    // After a failure the other threads would go on for nothing.
    next = jobs.length;
    await Promise.all([...working].map(worker => worker.terminate()));
  }
  return runs;
}

function trainInThread(job: Job, observer: Observer, working: Set<Worker>): Promise<Run> {
  const worker = new Worker(new URL('worker.js', import.meta.url), {workerData: job});
  working.add(worker);
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if (message.kind === 'start') observer.onStart();
      else if (message.kind === 'batch') observer.onBatch(...message.figures);
      else if (message.kind === 'epoch') observer.onEpoch(message.epoch);
      else resolve(message.run);
    });
    worker.on('error', reject);
    worker.on('exit', code => {
      working.delete(worker);
      reject(new Error(`The thread of ${job.nameOrPath} ended early, with exit code ${code}.`));
    });
  });
}
