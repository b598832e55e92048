// SPDX-License-Identifier: Apache-2.0
/** What a command line names: a published multiplier, a table file, or a file to build one from. */
import {extname} from 'node:path';
import {MultiplierError} from '../errors.js';
import type {MantissaLut} from '../lut/lut.js';
import type {Multiplier, OperandRounding} from '../multiplier.js';
import {getMultiplier} from '../registry.js';
import {MODULE_EXTENSIONS, lutFromModule} from '../sources/module.js';
import {UsageError} from './failure.js';
import {type ReadOptions, TABLE_EXTENSIONS, readTable} from './table-file.js';

export interface BuildOptions extends ReadOptions {
  readonly function?: string;
  readonly rounding?: OperandRounding;
}

/** A kind of file that multipliers are built from. */
interface SourceKind {
  readonly extensions: readonly string[];
  /** For messages: `a JavaScript or TypeScript module`. */
  readonly description: string;
  build(path: string, options: BuildOptions): Promise<MantissaLut>;
}

const SOURCE_KINDS: readonly SourceKind[] = [
  {
    extensions: MODULE_EXTENSIONS,
    description: 'a JavaScript or TypeScript module',
    build(path, {function: functionName, mantissaBits, name, rounding}) {
      if (mantissaBits === undefined) {
        throw new UsageError(`"${path}" needs --mantissa-bits <m>: a module does not say it`);
      }
      return lutFromModule(path, {functionName, mantissaBits, name, rounding});
    },
  },
];

export const SOURCE_EXTENSIONS: readonly string[] = SOURCE_KINDS.flatMap(kind => kind.extensions);

/** The table of a published multiplier or of a source file. */
export async function buildTable(source: string, options: BuildOptions): Promise<MantissaLut> {
  const extension = extname(source);
  const kind = SOURCE_KINDS.find(({extensions}) => extensions.includes(extension));
  if (kind) return kind.build(source, options);
  if (TABLE_EXTENSIONS.includes(extension)) {
    throw new UsageError(`"${source}" is a table already; use \`lut-builder convert\``);
  }
  if (looksLikeAPath(source)) {
    const known = SOURCE_KINDS.map(
      ({description, extensions}) => `${description} (${extensions.join(', ')})`,
    );
    throw new UsageError(
      `cannot build from "${source}"; expected the name of a multiplier or ${known.join(' or ')}`,
    );
  }
  const given = (['function', 'mantissaBits', 'name', 'rounding'] as const).find(
    option => options[option] !== undefined,
  );
  const multiplier = published(source);
  if (given !== undefined) {
    const flag = given === 'mantissaBits' ? 'mantissa-bits' : given;
    throw new UsageError(`--${flag} is for source files; ${multiplier.name} is a published one`);
  }
  return multiplier.lut();
}

/** A published multiplier or the table in a file. */
export async function multiplierOrTable(
  nameOrFile: string,
  options: ReadOptions,
): Promise<Multiplier | MantissaLut> {
  return looksLikeAPath(nameOrFile) ? readTable(nameOrFile, options) : published(nameOrFile);
}

/** @throws {UsageError} with the closest name. */
function published(name: string): Multiplier {
  try {
    return getMultiplier(name);
  } catch (error) {
    if (!(error instanceof MultiplierError)) throw error;
    throw new UsageError(
      `there is no multiplier "${name}". ${error.remedy} \`lut-builder list\` shows all.`,
      {cause: error},
    );
  }
}

/** No published name has a dot or a slash in it. */
function looksLikeAPath(text: string): boolean {
  return /[./\\]/.test(text);
}
