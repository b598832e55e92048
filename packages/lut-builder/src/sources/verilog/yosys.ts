// SPDX-License-Identifier: Apache-2.0
/**
 * Yosys (https://yosyshq.net/yosys), compiled to WebAssembly as the npm package `@yowasp/yosys`.
 *
 * It runs in a worker: a run that takes too long is ended, and the caller's thread stays free. The
 * worker stays a while, as loading Yosys takes half a second. Runs see the files that they are given
 * and no others.
 */
import type {Tree} from '@yowasp/yosys';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {answerOf} from '../answer.js';
import {type Unavailable, isUnavailable, unavailableError} from '../optional-package.js';
import {ResidentWorker} from '../resident-worker.js';
import {withDiskPaths} from './includes.js';

export interface Question {
  readonly args: string[];
  readonly files: Tree;
}

export type Answer =
  | {readonly files: Tree; readonly log: string}
  /** Yosys has said what is wrong. */
  | {readonly log: string}
  | {readonly crash: string}
  | Unavailable;

const PACKAGE = '@yowasp/yosys';
const IDLE_MILLISECONDS = 30_000;

const worker = new ResidentWorker<Question, Answer>(
  new URL('./yosys-worker.js', import.meta.url),
  IDLE_MILLISECONDS,
);

export interface YosysOptions {
  /** Begins error messages. */
  readonly op: string;
  /** Seconds after which a run is given up. */
  readonly timeLimit: number;
}

/**
 * @returns The files there are after the run, and what Yosys warned of, a line each.
 * @throws {MultiplierError} with what Yosys says, or if it is not installed or takes too long.
 */
export async function runYosys(
  args: string[],
  files: Tree,
  {op, timeLimit}: YosysOptions,
): Promise<{files: Tree; warnings: string}> {
  const isLast = (answer: Answer) => isUnavailable(answer) || 'crash' in answer;
  const reply = await worker.ask({args, files}, timeLimit, isLast);
  const answer = answerOf(reply, `synthesising ${op}`, timeLimit);
  if (isUnavailable(answer)) {
    throw unavailableError(PACKAGE, answer, {
      op: `synthesising ${op}`,
      found: 'no Yosys',
      expected: `the package ${PACKAGE}, which synthesises Verilog`,
    });
  }
  if ('files' in answer) return {files: answer.files, warnings: warningsIn(answer.log)};
  throw new MultiplierError(op, {
    found: 'log' in answer ? reason(answer.log) : `a crash of Yosys (${answer.crash})`,
    expected: 'Verilog that Yosys can synthesise',
  });
}

/** With names and files as the sources have them. Details are indented below a warning. */
function warningsIn(log: string): string {
  const lines = log.split('\n').filter(line => /Warning: |^ +\S/.test(line));
  return [...new Set(lines.map(line => withDiskPaths(line.trimEnd())))].join('\n');
}

/** The error in what Yosys says, with the details below it; names and files as the sources have them. */
function reason(log: string): string {
  const lines = log.slice(Math.max(0, log.indexOf('ERROR: '))).split('\n');
  const details = lines.slice(1).filter(line => /^ +\S/.test(line));
  const place = /^.*(?=ERROR: )/m.exec(log)?.[0] ?? '';
  const text = [place + lines[0].replace('ERROR: ', ''), ...details.slice(0, 3)]
    .map(line => line.trim())
    .join(' ');
  return withDiskPaths(text)
    .replace(/\\(?=[\w$])/g, '')
    .replace(/`([^'`]*)['`]/g, '"$1"')
    .replace(/[.!:]$/, '');
}
