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
  /** Whether neither the files nor a default say m. */
  readonly needsMantissaBits?: boolean;
}

export const LANGUAGES = {
  module: {
    extensions: MODULE_EXTENSIONS,
    description: 'a JavaScript or TypeScript module',
    needsMantissaBits: true,
  },
  c: {extensions: C_EXTENSIONS, description: 'C or C++'},
  verilog: {extensions: VERILOG_EXTENSIONS, description: 'Verilog'},
} as const satisfies Record<string, Language>;

/** undefined if the file is not a model's. */
export function languageOf(path: string): Language | undefined {
  return Object.values(LANGUAGES).find(({extensions}) => hasExtension(path, extensions));
}

/** What to do with a model where a table is wanted. @param mantissaBits where they have been said. */
export function buildFirst(path: string, mantissaBits?: number): string {
  const table = `${basename(path, extname(path))}.safetensors`;
  const m = mantissaBits ?? (languageOf(path)?.needsMantissaBits ? '<m>' : undefined);
  const command = [
    `npx lut-builder build ${fileArgument(path)}`,
    ...(m === undefined ? [] : [`--mantissa-bits ${m}`]),
    `-o ${fileArgument(table)}`,
  ];
  return `Build a table first: ${command.join(' ')}`;
}

/** A path as one argument of a shell, and no option. */
function fileArgument(path: string): string {
  const argument = path.startsWith('-') ? `./${path}` : path;
  if (/^[\w./\\:+,@%=-]+$/.test(argument)) return argument;
  // Double quotes are those that cmd knows too.
  return /["$`!]/.test(argument) ? `'${argument.replaceAll("'", "'\\''")}'` : `"${argument}"`;
}
