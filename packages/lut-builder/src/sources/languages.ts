// SPDX-License-Identifier: Apache-2.0
/** The languages of models, by what the names of their files end in. */
import {basename, extname} from 'node:path';
import {hasExtension} from '../file-extension.js';
import {C_EXTENSIONS} from './c/compiler.js';
import {MODULE_EXTENSIONS} from './module.js';
import {VERILOG_EXTENSIONS} from './verilog/synthesis.js';

export interface Language {
  readonly extensions: readonly string[];
  /** For messages. */
  readonly description: string;
}

export const LANGUAGES = {
  module: {extensions: MODULE_EXTENSIONS, description: 'a JavaScript or TypeScript module'},
  c: {extensions: C_EXTENSIONS, description: 'C or C++'},
  verilog: {extensions: VERILOG_EXTENSIONS, description: 'Verilog'},
} as const satisfies Record<string, Language>;

/** undefined if the file is not a model's. */
export function languageOf(path: string): Language | undefined {
  return Object.values(LANGUAGES).find(({extensions}) => hasExtension(path, extensions));
}

/** What to do with a model where a table is wanted. */
export function buildFirst(path: string): string {
  const table = `${basename(path, extname(path))}.safetensors`;
  return `Build a table first: npx lut-builder build ${path} -o ${table}`;
}
