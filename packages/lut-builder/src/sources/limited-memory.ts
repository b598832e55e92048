// SPDX-License-Identifier: Apache-2.0
/**
 * A limit on the memory of WebAssembly modules that others load: their memory section says how far it
 * may grow, and is rewritten before a module is compiled. A worker's `resourceLimits` do not count it.
 */

const PAGE = 2 ** 16;
const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

type Memories = Set<WebAssembly.Memory>;

/**
 * From now on, in this thread, modules that are compiled and instantiated through promises, which is
 * the only way for large ones.
 *
 * @param mebibytes Of each.
 * @returns Whether a module has been at the limit, or within a sixteenth of it.
 */
export function limitMemory(mebibytes: number): () => boolean {
  const most = (mebibytes * 2 ** 20) / PAGE;
  const memories: Memories = new Set();
  const {compile, instantiate} = WebAssembly;
  WebAssembly.compile = bytes => compile(withLimit(bytesOf(bytes), most));
  WebAssembly.compileStreaming = async source => {
    const response = await source;
    return compile(withLimit(new Uint8Array(await response.arrayBuffer()), most));
  };
  const remembering = async (module: WebAssembly.Module, imports?: WebAssembly.Imports) => {
    const instance = await instantiate(module, imports);
    const {memory} = instance.exports;
    if (memory instanceof WebAssembly.Memory) memories.add(memory);
    return instance;
  };
  WebAssembly.instantiate = remembering as typeof instantiate;
  return () => {
    const isFull = [...memories].some(({buffer}) => buffer.byteLength > (15 / 16) * most * PAGE);
    memories.clear();
    return isFull;
  };
}

function bytesOf(source: BufferSource): Uint8Array {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

/** The module with at most so many pages of memory; as it is if it has none of its own. */
export function withLimit(module: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  let at = HEADER_BYTES;
  while (at < module.length) {
    const [size, start] = readNumber(module, at + 1);
    if (module[at] === MEMORY_SECTION) {
      const section = limited(module.subarray(start, start + size), pages);
      const header = [MEMORY_SECTION, ...numberBytes(section.length)];
      return joined(module.subarray(0, at), header, section, module.subarray(start + size));
    }
    at = start + size;
  }
  return joined(module);
}

/** Of one memory, which is all that there may be: flags, least, and perhaps most. */
function limited(section: Uint8Array, pages: number): number[] {
  const [count, flagsAt] = readNumber(section, 0);
  const flags = section[flagsAt];
  const hasMost = (flags & 1) === 1;
  const [least, behindLeast] = readNumber(section, flagsAt + 1);
  const most = hasMost ? readNumber(section, behindLeast)[0] : Infinity;
  if (count !== 1) return [...section];
  const limit = Math.max(least, Math.min(most, pages));
  return [1, flags | 1, ...numberBytes(least), ...numberBytes(limit)];
}

/** LEB128. @returns The number and the place behind it. */
function readNumber(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  let at = from;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
}

function numberBytes(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 0x80, ...numberBytes(Math.floor(value / 128))];
}

function joined(...parts: ReadonlyArray<ArrayLike<number>>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
