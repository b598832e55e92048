// SPDX-License-Identifier: Apache-2.0
/** One question to a worker, with an answer or an error in every case: it never waits for ever. */
import type {Worker} from 'node:worker_threads';
import {MultiplierError} from '../../errors.js';

/**
 * @param what Names the work in errors: `running the model of "a.c"`.
 * @param seconds After them the worker is terminated.
 * @throws {MultiplierError} if the worker fails or does not answer in time.
 */
export function askWorker<Answer>(
  worker: Worker,
  question: unknown,
  what: string,
  seconds: number,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      worker.off('message', answered).off('error', failed).off('exit', ended);
    };
    const fail = (found: string, remedy?: string, cause?: unknown) => {
      end();
      const expected = 'an end within the limits';
      reject(new MultiplierError(what, {found, expected, remedy}, {cause}));
    };
    const answered = (answer: Answer) => {
      end();
      resolve(answer);
    };
    const failed = (error: unknown) => fail(String(error), undefined, error);
    const ended = (code: number) => fail(`an exit with code ${code}`);
    const timer = setTimeout(() => {
      fail(
        `no end within ${seconds} s`,
        'If it only needs longer, raise the option timeLimit (--time-limit <seconds>).',
      );
      void worker.terminate();
    }, seconds * 1000);
    worker.on('message', answered).on('error', failed).on('exit', ended);
    worker.postMessage(question);
  });
}
