// SPDX-License-Identifier: Apache-2.0
/**
 * The WebAssembly module, its memory and its threads: one of each in a process, since memory never
 * shrinks. The memory is shared only where there is more than one thread.
 *
 *     stack of the calling thread | control block | job | stacks of the others | heap
 *
 * The heap is emptied before every contraction; tables stay at its start (tables.ts).
 */
import {ApproxError, DeviceLimitError} from '../../errors.js';
import {CONTROL_BYTES, MOST_THREADS, Threads} from './threads.js';
import type {WasmExports} from './wasm-exports.js';
import {SHARED_FLAG, WASM_BASE64} from './wasm-module.js';

const PAGE = 65536;
const STACK = 16384;
const CONTROL = PAGE;
export const JOB = CONTROL + align(CONTROL_BYTES);
const STACKS = JOB + 1024;
const HEAP = STACKS + STACK * (MOST_THREADS - 1);

/** Where the address space is scarce, less is reserved. */
const MAXIMUM_PAGES = [65536, 32768, 16384, 8192];

export class WasmInstance {
  /** How many threads work on a contraction. */
  readonly threadCount: number;
  readonly exports: WasmExports;
  readonly threads: Threads;
  readonly #memory: WebAssembly.Memory;
  readonly #maximum: number;
  /** How far the heap is in use. */
  #top = HEAP;

  constructor(module: WebAssembly.Module, threadCount: number) {
    const {memory, maximum} = createMemory(threadCount > 1);
    const {exports} = new WebAssembly.Instance(module, {env: {memory}});
    this.threadCount = threadCount;
    this.exports = exports as unknown as WasmExports;
    this.#memory = memory;
    this.#maximum = maximum;
    // The job and the control block are where the threads look for them for good.
    this.threads = new Threads(
      this.exports,
      {module, memory, control: CONTROL, job: JOB},
      thread => STACKS + STACK * thread,
    );
  }

  /** Bytes in use. */
  get used(): number {
    return this.#top - HEAP;
  }

  /** What `work` allocates is free again when it ends, also with an error. */
  scoped<Result>(work: () => Result): Result {
    const top = this.#top;
    try {
      return work();
    } finally {
      this.#top = top;
    }
  }

  /** What `work` allocates stays, unless it ends with an error. */
  kept<Result>(work: () => Result): Result {
    const top = this.#top;
    try {
      return work();
    } catch (error) {
      this.#top = top;
      throw error;
    }
  }

  /** Everything is free again. */
  clear(): void {
    this.#top = HEAP;
  }

  /** @returns the address of `bytes` bytes on a boundary of 64, with any content. */
  allocate(bytes: number): number {
    const address = this.#top;
    const top = address + align(bytes);
    const {buffer} = this.#memory;
    if (top > buffer.byteLength) this.#grow(top - buffer.byteLength, bytes);
    this.#top = top;
    return address;
  }

  #grow(missing: number, bytes: number): void {
    try {
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch {
      throw new DeviceLimitError(
        `The cpu engine cannot get ${mebibytes(bytes)} more for a contraction, beside the ` +
          `${mebibytes(this.used)} in use: its WebAssembly memory ends at ` +
          `${mebibytes(this.#maximum)}, or the system refused. Use smaller batches.`,
      );
    }
  }

  // Views go stale when the memory grows, so none is kept.
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  copyIn(values: Int32Array | Float32Array): number {
    const address = this.allocate(values.byteLength);
    if (values instanceof Int32Array) this.words(address, values.length).set(values);
    else this.floats(address, values.length).set(values);
    return address;
  }
}

export function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

function createMemory(shared: boolean): {memory: WebAssembly.Memory; maximum: number} {
  const initial = Math.ceil(HEAP / PAGE) + 16;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      const memory = new WebAssembly.Memory({initial, maximum, shared});
      return {memory, maximum: maximum * PAGE};
    } catch {
      continue;
    }
  }
  throw new ApproxError(
    'The cpu engine cannot reserve 512 MiB of address space for its WebAssembly memory. Lift the ' +
      'limit (ulimit -v), or set APPROX_ENGINE=webgpu.',
  );
}

const modules = new Map<boolean, WebAssembly.Module>();
let current: WasmInstance | null = null;

/** Compiles what will be needed, so that the first contraction does not. */
export async function compileAhead(isShared: boolean): Promise<void> {
  if (modules.has(isShared)) return;
  try {
    modules.set(isShared, await WebAssembly.compile(moduleBytes(isShared)));
  } catch (error) {
    throw new ApproxError(
      `The cpu engine needs WebAssembly with SIMD, which is not available here (${String(error)}). ` +
        `Use Node 20 or a browser of 2023 or later, or set APPROX_ENGINE=webgpu.`,
    );
  }
}

/** How many threads work on contractions, where so many were asked for. */
export function threadsInUse(threadCount: number): number {
  const mostThreads = current?.threadCount === threadCount ? current.threads.most : threadCount;
  return Math.min(threadCount, mostThreads);
}

/**
 * The instance for so many threads. Another number of them begins anew, with a memory of its own; so
 * does an instance that has lost a thread.
 */
export function wasmInstance(threadCount: number): WasmInstance {
  if (current?.threadCount !== threadCount || current.threads.isBroken) {
    current?.threads.stop();
    const isShared = threadCount > 1;
    let module = modules.get(isShared);
    // Only after a change from one thread to more, which happens where modules may be compiled at once.
    if (!module) modules.set(isShared, (module = new WebAssembly.Module(moduleBytes(isShared))));
    current = new WasmInstance(module, threadCount);
  }
  return current;
}

function moduleBytes(isShared: boolean): BufferSource {
  const bytes = Uint8Array.from(atob(WASM_BASE64), letter => letter.charCodeAt(0));
  if (!isShared) bytes[SHARED_FLAG] = 1;
  return bytes;
}
