// SPDX-License-Identifier: Apache-2.0
/** What differs between Node and browsers, behind one interface (package import `#platform`). */

/** A running thread; it does not keep the process alive. */
export interface Thread {
  stop(): void;
}

export interface Platform {
  /** For messages: 'Node' or 'this browser'. */
  readonly name: string;
  /**
   * WebGPU's entry point, or why there is none.
   *
   * @param acceptSoftware whether it is of use without a GPU.
   */
  requestGpu(acceptSoftware: boolean): Promise<{gpu: GPU} | {missing: string}>;
  /** The value of an environment variable; in a worker of a page, of a flag in the worker's name. */
  variable(name: string): string | undefined;
  /** Whether tfjs can copy GPU values without waiting for a promise (it needs OffscreenCanvas). */
  canReadGpuSynchronously(): boolean;
  /** How to get a GPU adapter here. */
  readonly adapterHelp: string;
  /** How many threads can run at once, share memory and wait for each other; 1 where they cannot. */
  availableThreads(): number;
  /**
   * @param source the text of a function, which the new thread calls with `data`.
   * @param onEnd called with the reason, once, if the thread cannot start or ends without being stopped.
   */
  startThread(source: string, data: unknown, onEnd: (reason: string) => void): Thread;
  /** tf.GraphModel as far as it can be found without a dependency on tfjs-converter. */
  graphModelClass(): Promise<{readonly prototype: object} | null>;
  /** Registers platform-specific tf.io handlers. */
  registerIoHandlers(): void;
}
