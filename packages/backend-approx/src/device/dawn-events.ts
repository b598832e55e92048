// SPDX-License-Identifier: Apache-2.0
/**
 * Waiting for a GPU without the event loop. Dawn for Node (the npm package `webgpu`) handles what its GPU has
 * reported in a native callback, for which it asks the global `setImmediate` again and again while anything is
 * under way. A synchronous read calls it until its buffer is mapped.
 *
 * Nothing of this is documented: where Dawn does otherwise, `canBeHandled` is false or the outcome of a read is
 * 'impossible'.
 */
import type {MapOutcome} from './platform.js';

type Native = () => void;

export class DawnEvents {
  /** Any callback that handles events will do at any time: each call handles all of an instance. */
  #handle: Native | null = null;
  /** What Dawn asked for in `during` and has not got: at most one callback that handles events, and rejections. */
  readonly #asked: Native[] = [];
  /** One immediate stands for all of them, however many reads there are between two turns of the event loop. */
  #isStanding = false;

  get canBeHandled(): boolean {
    return this.#handle !== null;
  }

  /** Runs a call into Dawn, and learns from what it asks of `setImmediate` meanwhile. */
  during<T>(call: () => T): T {
    const real = globalThis.setImmediate;
    const replacement = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      if (!isNative(callback)) return real(callback, ...args);
      // Dawn asks for the handling of events before all else.
      this.#handle ??= callback;
      this.#asked.push(callback);
    };
    // False where a script has made it read-only.
    if (!Reflect.set(globalThis, 'setImmediate', replacement)) return call();
    try {
      return call();
    } finally {
      globalThis.setImmediate = real;
      if (this.#asked.length > 0) this.#stand();
    }
  }

  #stand(): void {
    if (this.#isStanding) return;
    this.#isStanding = true;
    setImmediate(() => {
      this.#isStanding = false;
      this.during(() => this.#callAsked());
    });
  }

  /**
   * Handles events as they come, without yielding, until `isDone`.
   *
   * @returns whether it was done in time; null when no event can come any more.
   */
  handleUntil(isDone: () => boolean, limitMs: number): boolean | null {
    const start = performance.now();
    return this.during(() => {
      for (let calls = 1; !isDone(); calls++) {
        this.#callAsked();
        if (isDone()) break;
        // While anything is under way, Dawn asks for the next call at each. It may have asked before `during`.
        if (this.#asked.length === 0) this.#handle?.();
        if (isDone()) break;
        if (this.#asked.length === 0) return null;
        if (performance.now() - start > limitMs) return false;
        if (calls > CALLS_WITHOUT_PAUSE) pause();
      }
      return true;
    });
  }

  /** Those that are asked for meanwhile wait for the next time; when one throws, the others do too. */
  #callAsked(): void {
    for (let count = this.#asked.length; count > 0; count--) this.#asked.shift()!();
  }
}

/** Maps the buffer, as `Platform.mapForReading` says. */
export function mapForReading(events: DawnEvents, buffer: GPUBuffer, limitMs: number): MapOutcome {
  const mapping = events.during(() => buffer.mapAsync(GPUMapMode.READ));
  const isInTime = events.handleUntil(() => buffer.mapState !== 'pending', limitMs);
  if (buffer.mapState === 'mapped') return 'mapped';
  // What went wrong is told by the outcome.
  mapping.catch(() => {});
  if (isInTime === null) return 'impossible';
  return isInTime ? 'failed' : 'late';
}

/** Functions of JavaScript show their text. Bound ones do not, but only Dawn runs in `during`. */
function isNative(callback: unknown): callback is () => void {
  return (
    typeof callback === 'function' &&
    /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(callback))
  );
}

/** About a millisecond: short kernels are not delayed, and long ones leave the core to a software GPU. */
const CALLS_WITHOUT_PAUSE = 1000;
const PAUSE_MS = 0.05;
const cell = new Int32Array(new SharedArrayBuffer(4));

function pause(): void {
  Atomics.wait(cell, 0, 0, PAUSE_MS);
}
