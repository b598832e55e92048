// SPDX-License-Identifier: Apache-2.0
/**
 * The clang of the npm package `@yowasp/clang`, itself WebAssembly: it runs in a worker, sees only
 * the files it is handed, and is stopped at the time limit.
 *
 * It is loaded when it is first needed, which takes about a second. The worker stays a while, as
 * the next model is then compiled in half a second.
 */
import {MultiplierError} from '../../errors.js';
import {ResidentWorker} from '../resident-worker.js';
import {answerOf} from './answer.js';
import {OUTPUT_FILE, RUNTIME, RUNTIME_FILE, clangArguments} from './command-line.js';
import {type CompileLimits, type Compiled, type Compiler, languageOf} from './compiler.js';
import type {Sources} from './sources.js';

export interface Question {
  readonly files: ReadonlyMap<string, Uint8Array | string>;
  readonly args: readonly string[];
  readonly output: string;
}

/** `missing` if the package is not installed; `failure` if it does not work. */
export type Answer = Compiled | {readonly missing: true} | {readonly failure: string};

const IDLE_MILLISECONDS = 5000;

const worker = new ResidentWorker<Question, Answer>(
  new URL('./packaged-clang-worker.js', import.meta.url),
  IDLE_MILLISECONDS,
);

export const packagedClang: Compiler = {compile};

async function compile(sources: Sources, limits: CompileLimits): Promise<Compiled> {
  const question: Question = {
    files: new Map<string, Uint8Array | string>([...sources.files, [RUNTIME_FILE, RUNTIME]]),
    args: clangArguments(sources, limits, languageOf(sources)),
    output: OUTPUT_FILE,
  };
  const reply = await worker.ask(question, limits.time, isNone);
  const answer = answerOf(reply, 'compiling by @yowasp/clang', limits.time);
  if ('missing' in answer) throw noCompiler();
  if ('failure' in answer) throw broken(answer.failure);
  return answer;
}

/** Whether there was no compiler to answer; another worker may find one. */
function isNone(answer: Answer): boolean {
  return 'missing' in answer || 'failure' in answer;
}

function noCompiler(): MultiplierError {
  return new MultiplierError('compiling a C or C++ model', {
    found: 'neither a clang that can make WebAssembly nor the package @yowasp/clang',
    expected: 'one of them',
    remedy: 'Run `npm install --save-dev @yowasp/clang`.',
  });
}

function broken(failure: string): MultiplierError {
  return new MultiplierError('compiling by @yowasp/clang', {
    found: failure,
    expected: 'a compiler that works',
    remedy: 'Another version may: `npm install --save-dev @yowasp/clang@latest`.',
  });
}
