// SPDX-License-Identifier: Apache-2.0
/** What a worker did with a question, as its answer or an error. */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import type {Reply} from './resident-worker.js';

/**
 * @param what Names the work in errors: `running the model of "a.c"`.
 * @param seconds It was given.
 * @throws {MultiplierError} if the worker failed or did not answer in time.
 */
export function answerOf<Answer>(reply: Reply<Answer>, what: string, seconds: number): Answer {
  if ('answer' in reply) return reply.answer;
  const expected = 'an end within the limits';
  if ('crash' in reply) {
    throw new MultiplierError(what, {found: reply.crash, expected}, {cause: reply.cause});
  }
  throw new MultiplierError(what, {
    found: `no end within ${seconds} s`,
    expected,
    remedy: 'If it only needs longer, raise the option timeLimit (--time-limit <seconds>).',
  });
}
