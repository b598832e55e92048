// SPDX-License-Identifier: Apache-2.0
/** What a module can do by the names of its imports, which are the model's to choose. */
import {expect} from 'chai';
import {Refusal, createHost} from './wasi.js';

/** A small module that imports functions `() => void`, each exported again by its number. */
function moduleWith(imports: ReadonlyArray<readonly [module: string, name: string]>) {
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  const section = (id: number, bytes: readonly number[]) => [id, bytes.length, ...bytes];
  return new WebAssembly.Module(
    Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [1, 0x60, 0, 0]),
      ...section(2, [imports.length, ...imports.flatMap(names => [...names.flatMap(text), 0, 0])]),
      ...section(7, [imports.length, ...imports.flatMap((_, k) => [...text(String(k)), 0, k])]),
    ]),
  );
}

/** Calls every import. */
function outcomes(imports: ReadonlyArray<readonly [module: string, name: string]>): string[] {
  const module = moduleWith(imports);
  const host = createHost(module, () => new WebAssembly.Memory({initial: 1}), 64);
  const {exports} = new WebAssembly.Instance(module, host.imports);
  return imports.map((_, k) => {
    try {
      (exports[k] as () => void)();
      return 'done';
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.message;
    }
  });
}

describe('createHost', () => {
  it('answers what a model may ask', () => {
    expect(outcomes([['wasi_snapshot_preview1', 'fd_close']])).deep.equal(['done']);
    expect(outcomes([['lut-builder', 'out_of_memory']])).deep.equal([
      'more memory in use than the limit of 64 MiB',
    ]);
  });

  it('refuses functions of these names in other modules', () => {
    expect(
      outcomes([
        ['env', 'fd_close'],
        ['wasi_snapshot_preview1', 'out_of_memory'],
        ['lut-builder', 'fd_close'],
      ]),
    ).deep.equal([
      'a call of the system function fd_close',
      'a call of the system function out_of_memory',
      'a call of the system function fd_close',
    ]);
  });

  it('names that every object has mean nothing', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'];
    for (const module of ['wasi_snapshot_preview1', ...names]) {
      for (const name of names) {
        expect(outcomes([[module, name]])).deep.equal([`a call of the system function ${name}`]);
      }
    }
  });

  it('names do not change the objects of the host', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    try {
      outcomes([['__proto__', 'polluted']]);
      expect(Object.getOwnPropertyNames(Object.prototype)).deep.equal(before);
    } finally {
      delete (Object.prototype as {polluted?: unknown}).polluted;
    }
  });
});
