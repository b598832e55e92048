// SPDX-License-Identifier: Apache-2.0
/**
 * Threads that work on one job together. The calling thread takes part: kernels of tfjs are
 * synchronous, so it would only wait. The others start with the first job, and a job does not wait for
 * them to have started: a thread that comes late finds no tile left and waits for the next job.
 *
 * A job's tiles are counted down in shared memory by whoever takes one. The calling thread returns
 * when none is left and no other thread is active, so that the next job can be written. That holds too
 * when a thread fails: it gives up the whole job, whose caller gets an error.
 */
import {platform} from '#platform';
import type {Thread} from '../../device/platform.js';
import {ApproxError} from '../../errors.js';
import type {WasmExports} from './wasm-exports.js';

/** Words of the control block, each on a cache line of its own. */
const LEFT = 0;
const ACTIVE = 16;
const EPOCH = 32;
/** How many threads have failed in the job. */
const FAILED = 48;
/** One word per thread: the address of its workspace. */
const WORKSPACES = 64;

export const MOST_THREADS = 64;
export const CONTROL_BYTES = 4 * (WORKSPACES + MOST_THREADS);

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly job: number;
  readonly stack: number;
  readonly index: number;
}

const THREAD = `({module, memory, control, job, stack, index}) => {
  const {exports} = new WebAssembly.Instance(module, {env: {memory}});
  exports.__stack_pointer.value = stack;
  const words = new Int32Array(memory.buffer, control, ${WORKSPACES});
  for (let epoch = 0; ; ) {
    Atomics.wait(words, ${EPOCH}, epoch);
    epoch = Atomics.load(words, ${EPOCH});
    Atomics.add(words, ${ACTIVE}, 1);
    try {
      exports.work(job, control + ${4 * LEFT}, control + 4 * (${WORKSPACES} + index));
    } catch (error) {
      Atomics.add(words, ${FAILED}, 1);
      Atomics.store(words, ${LEFT}, 0);
      throw error;
    } finally {
      if (Atomics.sub(words, ${ACTIVE}, 1) === 1) Atomics.notify(words, ${ACTIVE});
    }
  }
}`;

/** Looks before the calling thread goes to sleep: the others are about to finish their last tile. */
const LOOKS = 2000;

/** Seconds without any progress after which active threads are taken to be gone; a tile takes far less. */
const PATIENCE = 300;

/** @param control, job addresses. @param stackOf the address where the stack of a thread begins. */
export class Threads {
  readonly #start: Omit<Start, 'stack' | 'index'>;
  readonly #exports: WasmExports;
  readonly #stackOf: (thread: number) => number;
  readonly #others: Thread[] = [];
  /** Fewer once one could not start, or has ended. */
  #mostOthers = MOST_THREADS - 1;
  readonly #patience: number;
  #isBroken = false;

  constructor(
    exports: WasmExports,
    start: Omit<Start, 'stack' | 'index'>,
    stackOf: (thread: number) => number,
    patience = PATIENCE,
  ) {
    this.#patience = patience;
    this.#exports = exports;
    this.#start = start;
    this.#stackOf = stackOf;
  }

  /** How many there can be, the calling one included. */
  get most(): number {
    return this.#mostOthers + 1;
  }

  /** Whether a thread was lost in a job, so that these threads can do no other. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Does all tiles of the job that has been written.
   *
   * @param workspaces addresses, one per thread: also a thread that is not woken may take part, if it
   *     is late from an earlier job.
   * @param wake whether the job is worth waking the other threads.
   * @param meanwhile what the calling thread does first, while woken threads begin.
   * @throws {ApproxError} a thread failed or is gone, so that tiles are missing.
   */
  run(
    tiles: number,
    workspaces: readonly number[],
    wake: boolean,
    meanwhile: () => void = () => {},
  ): void {
    const {memory, control, job} = this.#start;
    // Made anew, as a memory that is not shared leaves its old buffer when it grows.
    const words = new Int32Array(memory.buffer, control, CONTROL_BYTES / 4);
    workspaces.forEach((address, thread) => (words[WORKSPACES + thread] = address));
    if (wake) {
      const others = () => Math.min(workspaces.length - 1, this.#mostOthers);
      while (this.#others.length < others()) this.#startOne();
    }
    // From here on the job is open.
    Atomics.store(words, LEFT, tiles);
    if (wake) {
      Atomics.add(words, EPOCH, 1);
      Atomics.notify(words, EPOCH);
    }
    const stack = this.#exports.__stack_pointer;
    const top: unknown = stack.value;
    let cause: unknown;
    try {
      if (wake) meanwhile();
      this.#exports.work(job, control + 4 * LEFT, control + 4 * WORKSPACES);
    } catch (error) {
      cause = error;
      stack.value = top;
      Atomics.add(words, FAILED, 1);
      Atomics.store(words, LEFT, 0);
    }
    // Until they are waited for, those that are active may write to the memory.
    this.#isBroken = true;
    waitForOthers(words, this.#patience);
    this.#isBroken = false;
    if (Atomics.exchange(words, FAILED, 0) > 0) {
      throw new ApproxError(
        `Error in the cpu engine: a thread failed in a contraction${cause ? ` (${String(cause)})` : ''}, ` +
          `whose result is lost. Call it again; if it fails again, set ${workspaces.length > 1 ? 'APPROX_THREADS=1' : 'APPROX_ENGINE=reference'}.`,
        {cause},
      );
    }
  }

  #startOne(): void {
    const index = this.#others.length + 1;
    const data = {...this.#start, stack: this.#stackOf(index), index};
    try {
      const thread: Thread = platform.startThread(THREAD, data, reason => {
        this.#others.splice(this.#others.indexOf(thread), 1);
        this.#doWithout(reason);
      });
      this.#others.push(thread);
    } catch (error) {
      this.#doWithout(String(error));
    }
  }

  /** Threads only save time, so what they do goes on without the one that is missing. */
  #doWithout(reason: string): void {
    this.#mostOthers = this.#others.length;
    console.warn(
      `approx: a thread of the cpu engine could not start or has ended (${reason}). ` +
        `Contractions go on with ${this.#others.length + 1} of them.`,
    );
  }

  stop(): void {
    for (const thread of this.#others) thread.stop();
    this.#others.length = 0;
  }
}

/** @throws {ApproxError} no thread has finished for `patience` seconds: the active ones are gone. */
function waitForOthers(words: Int32Array, patience: number): void {
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, ACTIVE) === 0) return;
  let seconds = 0;
  for (let active; (active = Atomics.load(words, ACTIVE)) !== 0;) {
    // Second by second, so that a process that was suspended does not seem to have waited for long.
    if (Atomics.wait(words, ACTIVE, active, 1000) === 'timed-out') seconds++;
    else seconds = 0;
    if (seconds < patience) continue;
    throw new ApproxError(
      `Error in the cpu engine: ${active} of its threads did not finish a contraction within ` +
        `${patience} s of the others, so its result is lost. Call it again; if it fails again, set ` +
        'APPROX_THREADS=1.',
    );
  }
}
