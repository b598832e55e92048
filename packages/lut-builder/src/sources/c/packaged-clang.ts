// SPDX-License-Identifier: Apache-2.0
/**
 * The clang of the npm package `@yowasp/clang`, itself WebAssembly: it runs in a worker, sees only
 * the files it is handed, and is stopped at the time limit.
 *
 * It is loaded when it is first needed, which takes about a second. The worker stays a while, as
 * the next model is then compiled in half a second.
 */
import {answerOf} from '../answer.js';
import {type Unavailable, isUnavailable, unavailableError} from '../optional-package.js';
import {ResidentWorker} from '../resident-worker.js';
import type {Sources} from '../sources.js';
import {OUTPUT_FILE, RUNTIME, RUNTIME_FILE, clangArguments} from './command-line.js';
import {type CompileOptions, type Compiled, type Compiler, languageOf} from './compiler.js';

export interface Question {
  readonly files: ReadonlyMap<string, Uint8Array | string>;
  readonly args: readonly string[];
  readonly output: string;
}

export type Answer = Compiled | Unavailable;

const PACKAGE = '@yowasp/clang';
const IDLE_MILLISECONDS = 5000;

const worker = new ResidentWorker<Question, Answer>(
  new URL('./packaged-clang-worker.js', import.meta.url),
  IDLE_MILLISECONDS,
);

export const packagedClang: Compiler = {compile};

async function compile(sources: Sources, limits: CompileOptions): Promise<Compiled> {
  const question: Question = {
    files: new Map<string, Uint8Array | string>([...sources.files, [RUNTIME_FILE, RUNTIME]]),
    args: clangArguments(sources, limits, languageOf(sources)),
    output: OUTPUT_FILE,
  };
  const reply = await worker.ask(question, limits.time, isUnavailable);
  const answer = answerOf(reply, `compiling by ${PACKAGE}`, limits.time);
  if (!isUnavailable(answer)) return answer;
  throw unavailableError(PACKAGE, answer, {
    op: 'compiling a C or C++ model',
    found: `neither a clang that can make WebAssembly nor the package ${PACKAGE}`,
    expected: 'one of them',
  });
}
