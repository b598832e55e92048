// SPDX-License-Identifier: Apache-2.0
/** What a C and C++ compiler is to this package, and which language a model is in. */
import {hasExtension} from '../../file-extension.js';
import type {NamedValues} from '../named-values.js';
import type {Sources} from '../sources.js';

export interface CompileLimits {
  /** Seconds. */
  readonly time: number;
  /** Of the compiled model, in MiB. */
  readonly memory: number;
}

export interface CompileOptions extends CompileLimits {
  /** Macros with their text. */
  readonly defines?: NamedValues;
}

/** MiB; WebAssembly has no more, and the stack takes one. */
export const MIN_MEMORY_LIMIT = 2;
export const MAX_MEMORY_LIMIT = 4095;

/** A module and what the compiler warned of, or what it said against the model. */
export type Compiled =
  {readonly wasm: Uint8Array; readonly warnings: string} | {readonly diagnostics: string};

export interface Compiler {
  /** @throws {MultiplierError} if there is none, or it does not end in time. */
  compile(sources: Sources, options: CompileOptions): Promise<Compiled>;
}

export type Language = 'c' | 'c++';

export const CXX_EXTENSIONS = ['.cc', '.cpp', '.cxx', '.hh', '.hpp', '.hxx'] as const;
export const C_EXTENSIONS = ['.c', '.h', ...CXX_EXTENSIONS] as const;
const HEADER_EXTENSIONS = ['.h', '.hh', '.hpp', '.hxx'] as const;

/** Those that are compiled: headers among other files are included by them. */
export function unitsOf(files: readonly string[]): readonly string[] {
  const units = files.filter(file => !hasExtension(file, HEADER_EXTENSIONS));
  return units.length === 0 ? files : units;
}

/** Of the model, whose libraries are those of C++ where one unit is. */
export function languageOf({units}: Sources): Language {
  return units.some(unit => languageOfUnit(unit) === 'c++') ? 'c++' : 'c';
}

export function languageOfUnit(path: string): Language {
  return hasExtension(path, CXX_EXTENSIONS) ? 'c++' : 'c';
}
