// SPDX-License-Identifier: Apache-2.0
/** What differs between Node and browsers, behind one interface (package import `#platform`). */

/** A running thread; it does not keep the process alive. */
export interface Thread {
  stop(): void;
}

/** 'failed': the device refused or was lost. 'impossible': it reports no events here. */
export type MapOutcome = 'mapped' | 'failed' | 'late' | 'impossible';

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
  /** Whether WebGPU can copy images and canvases into textures. */
  readonly copiesImages: boolean;
  /** Asks for a device and, where it can, learns how to wait for its events (`mapForReading`). */
  requestDevice(adapter: GPUAdapter, descriptor: GPUDeviceDescriptor): Promise<GPUDevice>;
  /**
   * How values on the GPU can be read without waiting for a promise: through tfjs's own canvas, through
   * `mapForReading`, or not at all.
   */
  synchronousReads(): 'canvas' | 'map' | 'none';
  /**
   * Maps a buffer without yielding to the event loop. Promises that settle meanwhile stay settled, and their
   * callbacks run afterwards.
   *
   * @param buffer unmapped, with usage MAP_READ.
   * @param limitMs how long to wait for the GPU; then the outcome is 'late' and the mapping goes on.
   */
  mapForReading(buffer: GPUBuffer, limitMs: number): MapOutcome;
  /** How to get a GPU adapter here. */
  readonly adapterHelp: string;
  /** Where values on the GPU can be read without waiting for a promise, for when they cannot. */
  readonly readHelp: string;
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
