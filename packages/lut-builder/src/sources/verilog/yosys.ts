// SPDX-License-Identifier: Apache-2.0
/**
 * Yosys (https://yosyshq.net/yosys), compiled to WebAssembly as the npm package `@yowasp/yosys`.
 *
 * It runs in a worker: a run that takes too long is ended, and the caller's thread stays free. The
 * worker stays for the next run, as loading Yosys takes half a second, but keeps no process alive
 * and goes after a while without work. Runs see the files that they are given and no others.
 */
import {Worker} from 'node:worker_threads';
import type {Tree} from '@yowasp/yosys';
import {MultiplierError} from '../../errors.js';
import type {Outcome, Run} from './yosys-worker.js';

const IDLE_MS = 30_000;
/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let last: Promise<unknown> = Promise.resolve();

export interface YosysOptions {
  /** Begins error messages. */
  readonly op: string;
  /** Seconds after which a run is given up. */
  readonly timeLimit: number;
}

/**
 * @returns The files there are after the run.
 * @throws {MultiplierError} with what Yosys says, or if it is not installed or takes too long.
 */
export async function runYosys(
  args: string[],
  files: Tree,
  {op, timeLimit}: YosysOptions,
): Promise<Tree> {
  // One after the other, so that a run's time limit does not count another's time.
  const result = last.then(() => outcomeOf({args, files}, timeLimit));
  last = result.catch(() => {});
  const outcome = await result;
  switch (outcome.kind) {
    case 'done':
      return outcome.files;
    case 'refused':
      throw new MultiplierError(op, {
        found: reason(outcome.log),
        expected: 'Verilog that Yosys can synthesise',
      });
    case 'crashed':
      throw new MultiplierError(op, {
        found: `a crash of Yosys (${outcome.message})`,
        expected: 'Verilog that Yosys can synthesise',
      });
    case 'missing':
      throw new MultiplierError(op, {
        found: `no Yosys (${outcome.message})`,
        expected: 'the package @yowasp/yosys, which synthesises Verilog',
        remedy: 'Install it: npm install @yowasp/yosys',
      });
    case 'late':
      throw new MultiplierError(op, {
        found: `no end of the synthesis after ${timeLimit} s`,
        expected: 'a combinational multiplier',
        remedy: 'Simplify the design, or allow more time.',
      });
  }
}

async function outcomeOf(run: Run, timeLimit: number): Promise<Outcome | {kind: 'late'}> {
  clearTimeout(idle);
  worker ??= start();
  const running = worker;
  running.ref();
  const outcome = await new Promise<Outcome | {kind: 'late'}>(resolve => {
    const settle = (settled: Outcome | {kind: 'late'}) => {
      clearTimeout(timer);
      running.off('message', settle).off('error', onError).off('exit', onExit);
      resolve(settled);
    };
    const onError = (error: unknown) => settle({kind: 'crashed', message: String(error)});
    const onExit = (code: number) => settle({kind: 'crashed', message: `exit code ${code}`});
    const timer = setTimeout(
      () => settle({kind: 'late'}),
      Math.min(timeLimit * 1000, LONGEST_TIMER_MS),
    );
    running.on('message', settle).on('error', onError).on('exit', onExit);
    running.postMessage(run);
  });
  running.unref();
  if (outcome.kind === 'late' || outcome.kind === 'crashed') await end(running);
  else idle = setTimeout(() => void end(running), IDLE_MS).unref();
  return outcome;
}

function start(): Worker {
  const started = new Worker(new URL('yosys-worker.js', import.meta.url));
  const forget = () => {
    if (worker === started) worker = undefined;
  };
  return started.on('error', forget).on('exit', forget);
}

async function end(ended: Worker): Promise<void> {
  if (worker === ended) worker = undefined;
  await ended.terminate();
}

/** The error in what Yosys says, with the details below it; names and files as the sources have them. */
function reason(log: string): string {
  const lines = log.slice(Math.max(0, log.indexOf('ERROR: '))).split('\n');
  const details = lines.slice(1).filter(line => /^ +\S/.test(line));
  const place = /^.*(?=ERROR: )/m.exec(log)?.[0] ?? '';
  return [place + lines[0]!.replace('ERROR: ', ''), ...details.slice(0, 3)]
    .map(line => line.trim())
    .join(' ')
    .replace(/\.\/(?=[^\s/])/g, '')
    .replace(/\\(?=[\w$])/g, '')
    .replace(/`([^']*)'/g, '"$1"')
    .replace(/[.!:]$/, '');
}
