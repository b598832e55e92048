// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {withLimit} from './limited-memory.js';

/** A module with a memory and the export `memory`, in LEB128 as it is. */
const module = (memory: readonly number[]) =>
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[5, memory.length + 1, 1, ...memory],
    ...[7, 10, 1, 6, ...Buffer.from('memory'), 2, 0],
  );

/** The pages that a memory can grow to, at most 1000. */
function growsTo(bytes: Uint8Array<ArrayBuffer>): number {
  const memory = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports[
    'memory'
  ] as WebAssembly.Memory;
  try {
    for (let k = 0; k < 1000; k++) memory.grow(1);
  } catch (error) {
    expect(error).instanceOf(RangeError);
  }
  return memory.buffer.byteLength / 2 ** 16;
}

describe('a WebAssembly module', () => {
  it('has no more memory than the limit, and no less than it begins with', () => {
    // Flags, least, most.
    for (const [memory, limit, expected] of [
      [[0, 1], 300, 300],
      [[0, 1], 7, 7],
      [[1, 1, 9], 7, 7],
      [[1, 1, 5], 7, 5],
      [[0, 20], 7, 20],
    ] as const) {
      expect(growsTo(withLimit(module(memory), limit)), memory.join()).equal(expected);
    }
  });

  it('without a memory is as it was', () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(withLimit(empty, 7)).deep.equal(empty);
  });
});
