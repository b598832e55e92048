// SPDX-License-Identifier: Apache-2.0
/**
 * What a model may ask of its host: to print, which is kept for error messages, and to end. All
 * else is refused, as a functional model depends on its operands alone.
 */
import {OUT_OF_MEMORY} from './command-line.js';

/** The host ended a model. The message says why, as a phrase. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export interface Host {
  readonly imports: WebAssembly.Imports;
  /** The end of what was printed, in one line. */
  printed(): string;
}

type HostFunction = (...args: number[]) => number;

const MAX_TEXT = 500;
const SUCCESS = 0;
const BAD_FILE = 8;

/**
 * @param memory Of the instance, which needs the imports to be made.
 * @param memoryLimit In MiB, for messages.
 */
export function createHost(
  module: WebAssembly.Module,
  memory: () => WebAssembly.Memory,
  memoryLimit: number,
): Host {
  let text = '';
  const decoder = new TextDecoder();
  const known: Readonly<Record<string, Readonly<Record<string, HostFunction>>>> = {
    wasi_snapshot_preview1: {
      // (file, list of buffers, their count, where to put the bytes written)
      fd_write: (_file, buffers, count, written) => {
        const {buffer} = memory();
        const view = new DataView(buffer);
        let bytes = 0;
        for (let k = 0; k < count; k++) {
          const start = view.getUint32(buffers + 8 * k, true);
          const length = view.getUint32(buffers + 8 * k + 4, true);
          text += decoder.decode(new Uint8Array(buffer, start, length));
          bytes += length;
        }
        text = text.slice(-MAX_TEXT);
        view.setUint32(written, bytes, true);
        return SUCCESS;
      },
      fd_close: () => SUCCESS,
      fd_seek: () => BAD_FILE,
      fd_fdstat_get: () => BAD_FILE,
      // No arguments and no environment.
      args_sizes_get: (count, size) => zero(count, size),
      environ_sizes_get: (count, size) => zero(count, size),
      args_get: () => SUCCESS,
      environ_get: () => SUCCESS,
      proc_exit: code => {
        throw new Refusal(`a call of exit(${code})`);
      },
    },
    [OUT_OF_MEMORY.module]: {
      [OUT_OF_MEMORY.name]: () => {
        throw new Refusal(`more memory in use than the limit of ${memoryLimit} MiB`);
      },
    },
  };
  const zero = (...pointers: number[]) => {
    const view = new DataView(memory().buffer);
    for (const pointer of pointers) view.setUint32(pointer, 0, true);
    return SUCCESS;
  };
  // The names are the model's: without prototypes, `__proto__` and `constructor` are names like others.
  const imports = Object.create(null) as Record<string, WebAssembly.ModuleImports>;
  for (const {module: from, name} of WebAssembly.Module.imports(module)) {
    const refuse = () => {
      throw new Refusal(`a call of the system function ${name}`);
    };
    imports[from] ??= Object.create(null) as WebAssembly.ModuleImports;
    const functions = Object.hasOwn(known, from) ? known[from] : {};
    imports[from][name] = Object.hasOwn(functions, name) ? functions[name] : refuse;
  }
  return {imports, printed: () => text.trim().replace(/\s+/g, ' ')};
}
