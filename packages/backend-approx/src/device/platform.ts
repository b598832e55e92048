// SPDX-License-Identifier: Apache-2.0
/** What differs between Node and browsers, behind one interface (package import `#platform`). */

/** A running thread; it does not keep the process alive. */
export interface Thread {
  stop(): void;
}

export interface Platform {
  /** For messages: 'Node' or 'this browser'. */
  readonly name: string;
  /** WebGPU's entry point, or why there is none. */
  requestGpu(): Promise<{gpu: GPU} | {missing: string}>;
  /** The value of an environment variable; undefined where there are none. */
  variable(name: string): string | undefined;
  /** Whether tfjs can copy GPU values without waiting for a promise (it needs OffscreenCanvas). */
  canReadGpuSynchronously(): boolean;
  /** Whether WebGPU can copy images and canvases into textures. */
  readonly copiesImages: boolean;
  /** How to get a GPU adapter here. */
  readonly adapterHelp: string;
  /** How many threads can run at once, share memory and wait for each other; 1 where they cannot. */
  availableThreads(): number;
  /**
   * @param source the text of a function, which the new thread calls with `data`.
   * @param onEnd called with the reason, once, if the thread cannot start or ends without being stopped.
   */
  startThread(source: string, data: unknown, onEnd: (reason: string) => void): Thread;
  /** Registers platform-specific tf.io handlers. */
  registerIoHandlers(): void;
}
