// SPDX-License-Identifier: Apache-2.0
/**
 * A mantissa LUT from a model in C or C++: a functional model of two floats, or a significand
 * multiplier of two unsigned integers. It is compiled to WebAssembly and runs in a sandbox, so the
 * source need not be trusted; but only the packaged compiler is in a sandbox too (`compiler.ts`).
 */
import {basename, extname} from 'node:path';
import {type LutOptions, type MantissaLut, MultiplierError} from '@tfjs-approx/arithmetic';
import {
  checkOptions,
  integerIn,
  LUT_OPTION_CHECKS,
  type OptionChecks,
  text,
  texts,
} from '@tfjs-approx/arithmetic/internal';
import {type Sources, collectSources, withShortPaths} from '../sources.js';
import {timeLimitProblem} from '../time-limit.js';
import {
  type CompileLimits,
  type Compiler,
  type Language,
  MAX_MEMORY_LIMIT,
  MIN_MEMORY_LIMIT,
  languageOf,
} from './compiler.js';
import {findCompiler} from './find-compiler.js';
import {C_INCLUDES} from './includes.js';
import {MODEL_EXPORT_FILE, assertFunctionName, withModelExport} from './model-export.js';
import {tabulate} from './sandbox.js';

export interface CModelOptions extends Partial<LutOptions> {
  /**
   * The function to tabulate, of the first file. Unless given: the only one that is not static
   * and can be a multiplier.
   */
  readonly functionName?: string;
  /** Folders in which included files are looked for too. */
  readonly includeFolders?: readonly string[];
  /** Seconds, for reading, compiling and running each; 30 unless given. */
  readonly timeLimit?: number;
  /** MiB that the model may use; 64 unless given. */
  readonly memoryLimit?: number;
}

const CHECKS: OptionChecks<CModelOptions> = {
  ...LUT_OPTION_CHECKS,
  functionName: text,
  includeFolders: texts,
  timeLimit: timeLimitProblem,
  memoryLimit: integerIn(MIN_MEMORY_LIMIT, MAX_MEMORY_LIMIT, 'It counts MiB.'),
};

/**
 * A function of two unsigned integers is given 2^m + i and 2^m + j; its result p stands for
 * L = p / 2^(2m). If its parameters are named B and A, in this order, the second is the row.
 *
 * Uses the clang of the system if it can make WebAssembly, else the package `@yowasp/clang`.
 *
 * @param paths The file with the function, and others to compile and link with it.
 * @param options.mantissaBits m; by default one less than the bits of integer operands, as far as
 *     their type or a name as `mul8u_...` says them.
 * @param options.name Of the table; that of the first file, without its extension, unless given.
 * @throws {MultiplierError} if there is no compiler, a file includes one from another folder, the
 *     files do not compile, there is no such function, its signature is another, or it traps or does
 *     not end within the limits.
 * @throws {RepresentabilityError} if no mantissa LUT can stand for the model.
 */
export async function lutFromC(
  paths: string | readonly string[],
  options: CModelOptions = {},
): Promise<MantissaLut> {
  checkOptions('lutFromC', options, CHECKS);
  const {
    functionName,
    includeFolders = [],
    timeLimit = 30,
    memoryLimit = 64,
    ...lutOptions
  } = options;
  const limits = {time: timeLimit, memory: memoryLimit};
  const files = typeof paths === 'string' ? [paths] : paths;
  const file = files[0];
  if (file === undefined) {
    throw new MultiplierError('lutFromC', {found: 'no file', expected: 'at least one'});
  }
  const sources = await collectSources(files, includeFolders, timeLimit, C_INCLUDES);
  const language = languageOf(sources);
  if (functionName !== undefined) assertFunctionName(functionName, language);
  const compiler = await findCompiler(language);
  const compiled = await compile(compiler, sources, {file, functionName, language, limits});
  return tabulate(
    {
      ...compiled,
      file,
      units: sources.units,
      functionName,
      lut: {...lutOptions, name: lutOptions.name ?? basename(file, extname(file))},
      memory: memoryLimit,
    },
    limits,
  );
}

interface CompileOptions {
  readonly file: string;
  readonly functionName?: string;
  readonly language: Language;
  readonly limits: CompileLimits;
}

/**
 * With the address of the function that was named. Where that is what does not compile, without:
 * then the function may be one of another file, or what is there can be told.
 */
async function compile(
  compiler: Compiler,
  sources: Sources,
  {file, functionName, language, limits}: CompileOptions,
): Promise<{wasm: Uint8Array; hasAddress: boolean}> {
  if (functionName !== undefined) {
    const addressed = withModelExport(sources, functionName, language);
    const compiled = await compiler.compile(addressed, limits);
    if ('wasm' in compiled) return {...compiled, hasAddress: true};
    const isOfExport = compiled.diagnostics.includes(MODEL_EXPORT_FILE);
    if (!isOfExport) throw doesNotCompile(file, compiled.diagnostics);
  }
  const compiled = await compiler.compile(sources, limits);
  if ('wasm' in compiled) return {...compiled, hasAddress: false};
  throw doesNotCompile(file, compiled.diagnostics);
}

function doesNotCompile(file: string, diagnostics: string): MultiplierError {
  const lines = withShortPaths(diagnostics)
    .split('\n')
    .filter(line => line.trim() !== '' && !/^\d+ errors? generated/.test(line));
  return new MultiplierError(`compiling "${file}"`, {
    found: lines.join('\n'),
    expected: 'C or C++ that compiles',
  });
}
