// SPDX-License-Identifier: Apache-2.0
/** What a command line names: a published multiplier, a table file, or a file to build one from. */
import {basename, extname} from 'node:path';
import {MultiplierError} from '../errors.js';
import {extensionOf, hasExtension} from '../file-extension.js';
import {MAX_MANTISSA_BITS} from '../lut/from-product.js';
import type {MantissaLut} from '../lut/lut.js';
import type {Multiplier, OperandRounding} from '../multiplier.js';
import {TABLE_EXTENSIONS} from '../node.js';
import {getMultiplier, resolveMultiplier} from '../registry.js';
import {C_EXTENSIONS} from '../sources/c/compiler.js';
import {lutFromC} from '../sources/c/lut-from-c.js';
import {MODULE_EXTENSIONS, lutFromModule} from '../sources/module.js';
import {VERILOG_EXTENSIONS} from '../sources/verilog/synthesis.js';
import {lutFromVerilog} from '../sources/verilog/verilog.js';
import {UsageError} from './failure.js';
import {type ReadOptions, readTable, takesEntries} from './table-file.js';

export interface BuildOptions extends ReadOptions {
  readonly function?: string;
  readonly rounding?: OperandRounding;
  readonly include?: readonly string[];
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
  readonly top?: string;
  readonly ports?: readonly string[];
}

/** A kind of file that multipliers are built from. */
interface SourceKind {
  readonly extensions: readonly string[];
  /** For messages: `a JavaScript or TypeScript module`. */
  readonly description: string;
  /** Whether neither the files nor a default say m. */
  readonly needsMantissaBits?: boolean;
  /** Whether several files make up one multiplier. */
  readonly takesSeveral: boolean;
  /** Whether files of other kinds may be among them, which the sources include or read. */
  readonly takesOthers?: boolean;
  readonly options: ReadonlyArray<keyof BuildOptions>;
  build(paths: readonly string[], options: BuildOptions): Promise<MantissaLut>;
}

const SOURCE_KINDS: readonly SourceKind[] = [
  {
    extensions: MODULE_EXTENSIONS,
    description: 'a JavaScript or TypeScript module',
    needsMantissaBits: true,
    takesSeveral: false,
    options: ['function', 'mantissaBits', 'name', 'rounding'],
    build: ([path], {function: functionName, mantissaBits, name, rounding}) =>
      lutFromModule(path!, {functionName, mantissaBits: mantissaBits!, name, rounding}),
  },
  {
    extensions: C_EXTENSIONS,
    description: 'C or C++',
    takesSeveral: true,
    options: [
      'function',
      'mantissaBits',
      'name',
      'rounding',
      'include',
      'timeLimit',
      'memoryLimit',
    ],
    build(paths, options) {
      const {mantissaBits, name, rounding, timeLimit, memoryLimit} = options;
      return lutFromC(paths, {
        functionName: options.function,
        includeFolders: options.include,
        mantissaBits,
        name,
        rounding,
        timeLimit,
        memoryLimit,
      });
    },
  },
  {
    extensions: VERILOG_EXTENSIONS,
    description: 'Verilog',
    takesSeveral: true,
    takesOthers: true,
    options: ['mantissaBits', 'name', 'rounding', 'include', 'top', 'ports', 'timeLimit'],
    build: (
      paths,
      {include: includeFolders, mantissaBits, name, rounding, top, ports, timeLimit},
    ) =>
      lutFromVerilog(paths, {
        includeFolders,
        mantissaBits,
        name,
        rounding,
        top,
        ports,
        timeLimit,
      }),
  },
  {
    extensions: ['.npy', '.csv', '.bin'],
    description: 'a table of products',
    takesSeveral: false,
    options: ['mantissaBits', 'name', 'rounding', 'entries'],
    async build([path], {rounding, ...options}) {
      const lut = await readTable(path!, options);
      return rounding === undefined ? lut : Object.freeze({...lut, rounding});
    },
  },
];

export const SOURCE_EXTENSIONS: readonly string[] = SOURCE_KINDS.flatMap(kind => kind.extensions);

/** The table of a published multiplier or of the files of a model. */
export async function buildTable(
  sources: readonly string[],
  options: BuildOptions,
): Promise<MantissaLut> {
  const source = sources[0]!;
  const kind = kindOf(source);
  const isPublished = kind === undefined && !looksLikeAPath(source);
  if (kind === undefined && !isPublished) throw notASource(source);
  const multiplier = isPublished ? published(source) : undefined;
  const more = sources
    .slice(1)
    .find(other => !kind?.takesSeveral || (kindOf(other) !== kind && !kind.takesOthers));
  if (more !== undefined) {
    throw new UsageError(`cannot build from "${source}" and "${more}" together`);
  }
  const given = SOURCE_KINDS.flatMap(other => other.options).find(
    option => options[option] !== undefined && !kind?.options.includes(option),
  );
  if (given !== undefined) {
    const flag = flagOf(given);
    const others = SOURCE_KINDS.filter(other => other.options.includes(given));
    throw new UsageError(
      multiplier
        ? `${flag} is for source files; ${multiplier.name} is a published one`
        : `${flag} is for ${others.map(({description}) => description).join(' or ')}, not for "${source}"`,
    );
  }
  if (kind?.needsMantissaBits && options.mantissaBits === undefined) {
    throw new UsageError(
      `"${source}" needs --mantissa-bits <m>, 1..${MAX_MANTISSA_BITS}: ` +
        `${kind.description} does not say it`,
    );
  }
  return multiplier ? multiplier.lut() : kind!.build(sources, options);
}

/** `--mantissa-bits` of `mantissaBits`. */
function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}

function kindOf(source: string): SourceKind | undefined {
  return SOURCE_KINDS.find(({extensions}) => hasExtension(source, extensions));
}

function notASource(source: string): UsageError {
  if (extensionOf(source) === '.safetensors') {
    return new UsageError(`"${source}" is a table already; use \`lut-builder convert\``);
  }
  const known = SOURCE_KINDS.map(
    ({description, extensions}) => `${description} (${extensions.join(', ')})`,
  );
  return new UsageError(
    `cannot build from "${source}"; expected the name of a multiplier or ${known.join(' or ')}`,
  );
}

/** A multiplier and the name or file that it was given by. */
export interface NamedMultiplier {
  readonly source: string;
  readonly multiplier: Multiplier;
}

/**
 * Published multipliers and the tables in files.
 *
 * @throws {UsageError} also if there are options of files, and no file.
 */
export async function multipliersOrTables(
  namesOrFiles: readonly string[],
  {mantissaBits, entries}: ReadOptions,
): Promise<NamedMultiplier[]> {
  const given = Object.entries({mantissaBits, entries}).find(([, value]) => value !== undefined);
  if (given && !namesOrFiles.some(looksLikeAPath)) {
    throw new UsageError(
      `${flagOf(given[0])} is for table files; there is none among ${namesOrFiles.join(', ')}`,
    );
  }
  if (entries !== undefined && !namesOrFiles.some(takesEntries)) {
    throw new UsageError(
      `--entries is for .npy and .csv files, not for ${namesOrFiles.join(', ')}`,
    );
  }
  const named = [];
  for (const source of namesOrFiles) {
    const found = looksLikeAPath(source)
      ? await tableIn(source, takesEntries(source) ? {mantissaBits, entries} : {mantissaBits})
      : published(source);
    named.push({source, multiplier: resolveMultiplier(found)});
  }
  return named;
}

/** @throws {UsageError} if it is a file to build a table from. */
export async function tableIn(path: string, options: ReadOptions): Promise<MantissaLut> {
  const kind = kindOf(path);
  if (kind && !hasExtension(path, TABLE_EXTENSIONS)) {
    const target = `${basename(path, extname(path))}.safetensors`;
    const {mantissaBits = kind.needsMantissaBits ? '<m>' : undefined} = options;
    const command = [
      `lut-builder build ${fileArgument(path)}`,
      ...(mantissaBits === undefined ? [] : [`--mantissa-bits ${mantissaBits}`]),
      `-o ${fileArgument(target)}`,
    ].join(' ');
    throw new UsageError(
      `"${path}" is ${kind.description}, not a table. Build a table first: ${command}`,
    );
  }
  return readTable(path, options);
}

/** A path as one argument of a shell, and no option. */
function fileArgument(path: string): string {
  const argument = path.startsWith('-') ? `./${path}` : path;
  if (/^[\w./\\:+,@%=-]+$/.test(argument)) return argument;
  // Double quotes are those that cmd knows too.
  return /["$`!]/.test(argument) ? `'${argument.replaceAll("'", "'\\''")}'` : `"${argument}"`;
}

/** @throws {UsageError} with the closest name, or with what the multiplier of that name cannot do. */
function published(name: string): Multiplier {
  try {
    return getMultiplier(name);
  } catch (error) {
    if (!(error instanceof MultiplierError)) throw error;
    const sentences =
      error.op === 'getMultiplier'
        ? [`there is no multiplier "${name}".`, error.remedy, '`lut-builder list` shows all.']
        : [error.message];
    throw new UsageError(sentences.filter(sentence => sentence).join(' '), {cause: error});
  }
}

/** No published name has a dot or a slash in it. */
function looksLikeAPath(text: string): boolean {
  return /[./\\]/.test(text);
}
