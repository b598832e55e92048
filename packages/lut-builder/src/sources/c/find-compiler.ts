// SPDX-License-Identifier: Apache-2.0
/**
 * Compiling a model to WebAssembly, by the clang of the system where it can, else by the one that
 * the npm package `@yowasp/clang` holds. Both get the same command line.
 *
 * The packaged one sees the sources and its own headers. That of the system gets a copy of the
 * sources, but can read the disk where a source hides an absolute path from `sources.ts`.
 */
import type {Compiler, Language} from './compiler.js';
import {packagedClang} from './packaged-clang.js';
import {systemClang} from './system-clang.js';

export async function findCompiler(language: Language): Promise<Compiler> {
  return (await systemClang(language)) ?? packagedClang;
}
