// SPDX-License-Identifier: Apache-2.0
/** What a C and C++ compiler is to this package, and which language a model is in. */
import {hasExtension} from '../../file-extension.js';
import type {Sources} from '../sources.js';

export interface CompileLimits {
  /** Seconds. */
  readonly time: number;
  /** Of the compiled model, in MiB. */
  readonly memory: number;
}

/** MiB; WebAssembly has no more, and the stack takes one. */
export const MIN_MEMORY_LIMIT = 2;
export const MAX_MEMORY_LIMIT = 4095;

/** A module, or what the compiler said against it. */
export type Compiled = {readonly wasm: Uint8Array} | {readonly diagnostics: string};

export interface Compiler {
  /** @throws {MultiplierError} if there is none, or it does not end in time. */
  compile(sources: Sources, limits: CompileLimits): Promise<Compiled>;
}

export type Language = 'c' | 'c++';

export const CXX_EXTENSIONS = ['.cc', '.cpp', '.cxx'] as const;
export const C_EXTENSIONS = ['.c', ...CXX_EXTENSIONS] as const;

/** Of the model, whose libraries are those of C++ where one unit is. */
export function languageOf({units}: Sources): Language {
  return units.some(unit => languageOfUnit(unit) === 'c++') ? 'c++' : 'c';
}

export function languageOfUnit(path: string): Language {
  return hasExtension(path, CXX_EXTENSIONS) ? 'c++' : 'c';
}
