// SPDX-License-Identifier: Apache-2.0
/** What a command line names: a published multiplier, a table file, or a file to build one from. */
import {
  getMultiplier,
  type MantissaLut,
  MAX_MANTISSA_BITS,
  type Multiplier,
  MultiplierError,
  type OperandRounding,
  resolveMultiplier,
} from '@tfjs-approx/arithmetic';
import {extensionOf, hasExtension} from '../file-extension.js';
import {lutFromC} from '../sources/c/lut-from-c.js';
import {LANGUAGES, type Language, buildFirst, languageOf} from '../sources/languages.js';
import {lutFromModule} from '../sources/module.js';
import {lutFromVerilog} from '../sources/verilog/verilog.js';
import type {NamedValues} from '../sources/named-values.js';
import {UsageError, printWarning} from './failure.js';
import {type ReadOptions, readTable, takesEntries} from './table-file.js';

export interface BuildOptions extends ReadOptions {
  readonly function?: string;
  readonly rounding?: OperandRounding;
  readonly productBits?: number;
  readonly include?: readonly string[];
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
  readonly top?: string;
  readonly ports?: readonly string[];
  readonly param?: NamedValues;
  readonly define?: NamedValues;
  readonly operandBits?: number;
  readonly signed?: boolean;
  readonly maxMred?: number;
  /** How warnings are printed. */
  readonly json?: boolean;
}

/** A kind of file that multipliers are built from. */
interface SourceKind extends Language {
  /** Whether several files make up one multiplier. */
  readonly takesSeveral: boolean;
  /** Whether files of other kinds may be among them, which the sources include or read. */
  readonly takesOthers?: boolean;
  readonly options: ReadonlyArray<keyof BuildOptions>;
  build(paths: readonly string[], options: BuildOptions): Promise<MantissaLut>;
}

const COMMON_OPTIONS = ['mantissaBits', 'name', 'rounding', 'productBits', 'maxMred'] as const;
const CIRCUIT_OPTIONS = ['operandBits', 'signed', 'include', 'define', 'timeLimit'] as const;

function common({mantissaBits, name, rounding, productBits, maxMred}: BuildOptions) {
  return {mantissaBits, name, rounding, productBits, maxMred};
}

function ofCircuit({operandBits, signed, include, define, timeLimit, json}: BuildOptions) {
  return {
    operandBits,
    signed,
    includeFolders: include,
    defines: define,
    timeLimit,
    onWarning: (text: string) => printWarning(text, json),
  };
}

const SOURCE_KINDS: readonly SourceKind[] = [
  {
    ...LANGUAGES.module,
    takesSeveral: false,
    options: ['function', ...COMMON_OPTIONS],
    build: ([path], options) =>
      lutFromModule(path, {
        functionName: options.function,
        ...common(options),
        mantissaBits: options.mantissaBits!,
      }),
  },
  {
    ...LANGUAGES.c,
    takesSeveral: true,
    options: ['function', ...COMMON_OPTIONS, ...CIRCUIT_OPTIONS, 'memoryLimit'],
    build: (paths, options) =>
      lutFromC(paths, {
        functionName: options.function,
        ...common(options),
        ...ofCircuit(options),
        memoryLimit: options.memoryLimit,
      }),
  },
  {
    ...LANGUAGES.verilog,
    takesSeveral: true,
    takesOthers: true,
    options: [...COMMON_OPTIONS, ...CIRCUIT_OPTIONS, 'top', 'ports', 'param'],
    build: (paths, options) =>
      lutFromVerilog(paths, {
        ...common(options),
        ...ofCircuit(options),
        top: options.top,
        ports: options.ports,
        parameters: options.param,
      }),
  },
  {
    extensions: ['.npy', '.csv', '.bin'],
    description: 'a table of products',
    takesSeveral: false,
    options: ['mantissaBits', 'name', 'rounding', 'entries'],
    async build([path], {rounding, ...options}) {
      const lut = await readTable(path, options);
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
  const source = sources[0];
  const kind = kindOf(source);
  const isPublished = kind === undefined && !looksLikeAPath(source);
  if (kind === undefined && !isPublished) throw notASource(source);
  const multiplier = isPublished ? withTable(published(source)) : undefined;
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
      : withTable(published(source));
    named.push({source, multiplier: resolveMultiplier(found)});
  }
  return named;
}

/** @throws {UsageError} if it is a file to build a table from. */
export async function tableIn(path: string, options: ReadOptions): Promise<MantissaLut> {
  const language = languageOf(path);
  if (language) {
    const remedy = buildFirst(path, options.mantissaBits);
    throw new UsageError(`"${path}" is ${language.description}, not a table. ${remedy}`);
  }
  return readTable(path, options);
}

/** @throws {UsageError} with the closest name, or with what the multiplier of that name cannot do. */
function published(name: string): Multiplier {
  try {
    return getMultiplier(name);
  } catch (error) {
    if (!(error instanceof MultiplierError)) throw error;
    const sentences =
      error.op === 'getMultiplier'
        ? [`there is no multiplier "${name}".`, error.remedy]
        : [error.message];
    throw new UsageError(sentences.filter(sentence => sentence).join(' '), {cause: error});
  }
}

/** @throws {UsageError} for fp32. */
function withTable(multiplier: Multiplier): Multiplier {
  if (!multiplier.exact) return multiplier;
  throw new UsageError(`${multiplier.name} is exact and has no table; leave it out`);
}

/** No published name has a dot or a slash in it. */
function looksLikeAPath(text: string): boolean {
  return /[./\\]/.test(text);
}
