// SPDX-License-Identifier: Apache-2.0
/**
 * A worker that answers one question after the other, each in a limited time.
 *
 * It is started for the first question, stays for the next, as what it has loaded takes long to load,
 * but keeps no process alive and goes after a while without work. One that fails or is late is ended,
 * and the next question starts another.
 */
import {Worker} from 'node:worker_threads';

/** In every case there is one: asking never waits for ever. */
export type Reply<Answer> =
  | {readonly answer: Answer}
  | {readonly isLate: true}
  /** What happened, as a phrase. */
  | {readonly crash: string; readonly cause?: unknown};

/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One question to a worker, which answers by one message. */
export function ask<Answer>(
  worker: Worker,
  question: unknown,
  seconds: number,
): Promise<Reply<Answer>> {
  return new Promise(resolve => {
    const settle = (reply: Reply<Answer>) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('messageerror', onError);
      worker.off('error', onError).off('exit', onExit);
      resolve(reply);
    };
    const onMessage = (answer: Answer) => settle({answer});
    const onError = (error: unknown) => settle({crash: String(error), cause: error});
    const onExit = (code: number) => settle({crash: `an exit with code ${code}`});
    const milliseconds = Math.min(seconds * 1000, LONGEST_TIMER_MS);
    const timer = setTimeout(() => settle({isLate: true}), milliseconds);
    worker.on('message', onMessage).on('messageerror', onError);
    worker.on('error', onError).on('exit', onExit);
    worker.postMessage(question);
  });
}

export class ResidentWorker<Question, Answer> {
  readonly #url: URL;
  readonly #idleMilliseconds: number;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param idleMilliseconds After which a worker without work is ended. */
  constructor(url: URL, idleMilliseconds: number) {
    this.#url = url;
    this.#idleMilliseconds = idleMilliseconds;
  }

  /**
   * @param seconds They begin when the questions before have been answered.
   * @param isLast Whether an answer is such that the worker should not be asked again.
   */
  ask(
    question: Question,
    seconds: number,
    isLast: (answer: Answer) => boolean = () => false,
  ): Promise<Reply<Answer>> {
    const reply = this.#last.then(() => this.#ask(question, seconds, isLast));
    this.#last = reply.catch(() => {});
    return reply;
  }

  async #ask(
    question: Question,
    seconds: number,
    isLast: (answer: Answer) => boolean,
  ): Promise<Reply<Answer>> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    const reply = await ask<Answer>(worker, question, seconds);
    worker.unref();
    if (!('answer' in reply) || isLast(reply.answer)) await this.#end(worker);
    else this.#idle = setTimeout(() => void this.#end(worker), this.#idleMilliseconds).unref();
    return reply;
  }

  #start(): Worker {
    const started = new Worker(this.#url);
    const forget = () => {
      if (this.#worker === started) this.#worker = undefined;
    };
    // An error without a listener, as between two questions, would end the process.
    return started.on('error', forget).on('exit', forget);
  }

  async #end(worker: Worker): Promise<void> {
    if (this.#worker === worker) this.#worker = undefined;
    await worker.terminate();
  }
}
