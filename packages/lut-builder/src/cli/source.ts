// SPDX-License-Identifier: Apache-2.0
/** What a command line names: a published multiplier, a table file, or a file to build one from. */
import {extname} from 'node:path';
import {MultiplierError} from '../errors.js';
import type {MantissaLut} from '../lut/lut.js';
import type {Multiplier, OperandRounding} from '../multiplier.js';
import {getMultiplier} from '../registry.js';
import {MODULE_EXTENSIONS, lutFromModule} from '../sources/module.js';
import {UsageError} from './failure.js';
import {TABLE_EXTENSIONS, lutFromVerilog} from '../node.js';
import {VERILOG_EXTENSIONS} from '../sources/verilog/verilog.js';
import {type ReadOptions, readTable} from './table-file.js';

export interface BuildOptions extends ReadOptions {
  readonly function?: string;
  readonly rounding?: OperandRounding;
  readonly top?: string;
  readonly ports?: readonly string[];
  readonly timeLimit?: number;
}

/** A kind of file that multipliers are built from. */
interface SourceKind {
  readonly extensions: readonly string[];
  /** For messages: `a JavaScript or TypeScript module`. */
  readonly description: string;
  /** The options that it takes; others are refused. */
  readonly options: ReadonlyArray<keyof BuildOptions>;
  /** Whether it can have several files. */
  readonly several?: boolean;
  /** @param paths The source, and the files that belong to it. */
  build(paths: readonly string[], options: BuildOptions): Promise<MantissaLut>;
}

const SOURCE_KINDS: readonly SourceKind[] = [
  {
    extensions: MODULE_EXTENSIONS,
    description: 'a JavaScript or TypeScript module',
    options: ['function', 'mantissaBits', 'name', 'rounding'],
    build([path], {function: functionName, mantissaBits, name, rounding}) {
      if (mantissaBits === undefined) {
        throw new UsageError(`"${path}" needs --mantissa-bits <m>: a module does not say it`);
      }
      return lutFromModule(path!, {functionName, mantissaBits, name, rounding});
    },
  },
  {
    extensions: VERILOG_EXTENSIONS,
    description: 'Verilog',
    options: ['mantissaBits', 'name', 'ports', 'rounding', 'timeLimit', 'top'],
    several: true,
    build: (paths, {mantissaBits, name, ports, rounding, timeLimit, top}) =>
      lutFromVerilog(paths, {mantissaBits, name, ports, rounding, timeLimit, top}),
  },
  {
    extensions: ['.npy', '.csv', '.bin'],
    description: 'a table of products',
    options: ['entries', 'mantissaBits', 'name', 'rounding'],
    async build([path], {rounding, ...options}) {
      const lut = await readTable(path!, options);
      return rounding === undefined ? lut : Object.freeze({...lut, rounding});
    },
  },
];

export const SOURCE_EXTENSIONS: readonly string[] = SOURCE_KINDS.flatMap(kind => kind.extensions);

/**
 * The table of a published multiplier or of a source file.
 *
 * @param sources The name or file, and other files that belong to it.
 */
export async function buildTable(
  [source, ...others]: readonly [string, ...string[]],
  options: BuildOptions,
): Promise<MantissaLut> {
  const extension = extname(source);
  const kind = SOURCE_KINDS.find(({extensions}) => extensions.includes(extension));
  if (others.length > 0 && !kind?.several) {
    throw new UsageError(`one source is expected, but there is "${others[0]}" after "${source}"`);
  }
  if (kind) {
    refuseOptions(options, kind.options, `${kind.description}, which "${source}" is`);
    return kind.build([source, ...others], options);
  }
  if (TABLE_EXTENSIONS.some(known => known === extension)) {
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
  const multiplier = published(source);
  const given = givenOptions(options)[0];
  if (given !== undefined) {
    throw new UsageError(
      `${FLAGS[given]} is for source files; ${multiplier.name} is a published one`,
    );
  }
  return multiplier.lut();
}

const FLAGS: Readonly<Record<keyof BuildOptions, string>> = {
  entries: '--entries',
  function: '--function',
  mantissaBits: '--mantissa-bits',
  name: '--name',
  ports: '--ports',
  rounding: '--rounding',
  timeLimit: '--time-limit',
  top: '--top',
};

function givenOptions(options: BuildOptions): Array<keyof BuildOptions> {
  const names = Object.keys(FLAGS) as Array<keyof BuildOptions>;
  return names.filter(name => options[name] !== undefined);
}

function refuseOptions(
  options: BuildOptions,
  taken: ReadonlyArray<keyof BuildOptions>,
  what: string,
): void {
  const wrong = givenOptions(options).find(name => !taken.includes(name));
  if (wrong !== undefined) throw new UsageError(`${FLAGS[wrong]} is not for ${what}`);
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
