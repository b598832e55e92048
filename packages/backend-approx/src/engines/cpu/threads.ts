// SPDX-License-Identifier: Apache-2.0
/**
 * Threads that work on one job together. The calling thread takes part: kernels of tfjs are
 * synchronous, so it would only wait. The others start with the first job, and a job does not wait for
 * them to have started: a thread that comes late finds no tile left and waits for the next job.
 *
 * A job's tiles are counted down in shared memory by whoever takes one. The calling thread returns
 * when none is left and no other thread is active, so that the next job can be written.
 */
import {platform} from '#platform';
import type {Thread} from '../../device/platform.js';
import type {WasmExports} from './wasm-instance.js';

/** Words of the control block, each on a cache line of its own. */
const LEFT = 0;
const ACTIVE = 16;
const EPOCH = 32;
/** One word per thread: the address of its workspace. */
const WORKSPACES = 48;

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
    exports.work(job, control + ${4 * LEFT}, control + 4 * (${WORKSPACES} + index));
    if (Atomics.sub(words, ${ACTIVE}, 1) === 1) Atomics.notify(words, ${ACTIVE});
  }
}`;

/** Looks before the calling thread goes to sleep: the others are about to finish their last tile. */
const LOOKS = 2000;

/** @param control, job addresses. @param stackOf the address where the stack of a thread begins. */
export class Threads {
  readonly #start: Omit<Start, 'stack' | 'index'>;
  readonly #exports: WasmExports;
  readonly #stackOf: (thread: number) => number;
  readonly #others: Thread[] = [];

  constructor(
    exports: WasmExports,
    start: Omit<Start, 'stack' | 'index'>,
    stackOf: (thread: number) => number,
  ) {
    this.#exports = exports;
    this.#start = start;
    this.#stackOf = stackOf;
  }

  /**
   * Does all tiles of the job that has been written.
   *
   * @param workspaces addresses, one per thread: also a thread that is not woken may take part, if it
   *     is late from an earlier job.
   * @param wake whether the job is worth waking the other threads.
   */
  run(tiles: number, workspaces: readonly number[], wake: boolean): void {
    const {memory, control, job} = this.#start;
    // Made anew, as a memory that is not shared leaves its old buffer when it grows.
    const words = new Int32Array(memory.buffer, control, CONTROL_BYTES / 4);
    workspaces.forEach((address, thread) => (words[WORKSPACES + thread] = address));
    if (wake) while (this.#others.length < workspaces.length - 1) this.#startOne();
    // From here on the job is open.
    Atomics.store(words, LEFT, tiles);
    if (wake) {
      Atomics.add(words, EPOCH, 1);
      Atomics.notify(words, EPOCH);
    }
    this.#exports.work(job, control + 4 * LEFT, control + 4 * WORKSPACES);
    if (this.#others.length > 0) waitForOthers(words);
  }

  #startOne(): void {
    const index = this.#others.length + 1;
    this.#others.push(
      platform.startThread(THREAD, {...this.#start, stack: this.#stackOf(index), index}),
    );
  }

  stop(): void {
    for (const thread of this.#others) thread.stop();
    this.#others.length = 0;
  }
}

function waitForOthers(words: Int32Array): void {
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, ACTIVE) === 0) return;
  for (let active; (active = Atomics.load(words, ACTIVE)) !== 0;) {
    Atomics.wait(words, ACTIVE, active);
  }
}
