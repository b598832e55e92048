// SPDX-License-Identifier: Apache-2.0
/**
 * A mantissa LUT from a model in C or C++: a functional model of two floats, or a significand
 * multiplier of two unsigned integers. It is compiled to WebAssembly and runs in a sandbox, so the
 * source need not be trusted; but only the packaged compiler is in a sandbox too (`compiler.ts`).
 */
import {basename, extname} from 'node:path';
import {type LutOptions, type MantissaLut, MultiplierError} from '@tfjs-approx/arithmetic';
import {
  anyValue,
  checkOptions,
  integerIn,
  LUT_OPTION_CHECKS,
  type OptionChecks,
  text,
  texts,
} from '@tfjs-approx/arithmetic/internal';
import {type NamedValues, flag, namedValues} from '../named-values.js';
import {type PlausibilityOptions, maxMredProblem} from '../plausibility.js';
import {type Sources, collectSources, compilerPath} from '../sources.js';
import {timeLimitProblem} from '../time-limit.js';
import {COMPILER_MEMORY} from './compiler-memory.js';
import {
  type CompileOptions,
  type Compiler,
  type Language,
  MAX_MEMORY_LIMIT,
  MIN_MEMORY_LIMIT,
  languageOf,
  unitsOf,
} from './compiler.js';
import {diagnosticsOf} from './diagnostics.js';
import {findCompiler} from './find-compiler.js';
import {C_INCLUDES} from './includes.js';
import {MODEL_EXPORT_FILE, assertFunctionName, withModelExport} from './model-export.js';
import {withOwnTypes} from './own-types.js';
import {tabulate} from './sandbox.js';

export interface CModelOptions extends Partial<LutOptions>, PlausibilityOptions {
  /**
   * The function to tabulate, of the first file. Unless given: the only one that is not static
   * and can be a multiplier.
   */
  readonly functionName?: string;
  /** Macros, with their text: `{WIDTH: 8}`. */
  readonly defines?: NamedValues;
  /** Folders in which included files are looked for too. */
  readonly includeFolders?: readonly string[];
  /**
   * Bits of integer operands in wider types, whose upper bits are 0; as many as their types or a name
   * as `mul8u_...` say unless given.
   */
  readonly operandBits?: number;
  /** Whether integer operands are two's complement, whatever their types are. */
  readonly signed?: boolean;
  /** Seconds, for reading, compiling and running each; 30 unless given. */
  readonly timeLimit?: number;
  /** MiB that the model may use; 64 unless given. */
  readonly memoryLimit?: number;
  /** Gets what the compiler warns of; it goes to the console unless given. */
  readonly onWarning?: (text: string) => void;
}

const CHECKS: OptionChecks<CModelOptions> = {
  ...LUT_OPTION_CHECKS,
  functionName: text,
  defines: namedValues,
  includeFolders: texts,
  operandBits: integerIn(2, 64, 'It counts the bits of an operand.'),
  signed: flag,
  maxMred: maxMredProblem,
  onWarning: anyValue,
  timeLimit: timeLimitProblem,
  memoryLimit: integerIn(MIN_MEMORY_LIMIT, MAX_MEMORY_LIMIT, 'It counts MiB.'),
};

/**
 * A function of two unsigned integers of m + 1 bits is given 2^m + i and 2^m + j; its result p stands
 * for L = p / 2^(2m). Wider operands are left-aligned, as in Verilog. If its parameters are named B and A, in this order, the second is the row.
 *
 * Uses the clang of the system if it can make WebAssembly, else the package `@yowasp/clang`.
 *
 * @param paths The file with the function, and others to compile and link with it.
 * @param options.mantissaBits m; by default one less than the bits of integer operands, as far as
 *     their type or a name as `mul8u_...` says them.
 * @param options.name Of the table; that of the first file, without its extension, unless given.
 * @throws {MultiplierError} if there is no compiler, a file includes one from another folder, the
 *     files do not compile, there is no such function, its signature is another, it traps or does
 *     not end within the limits, or its products are not near the exact ones.
 * @throws {RepresentabilityError} if no mantissa LUT can stand for the model.
 */
export async function lutFromC(
  paths: string | readonly string[],
  options: CModelOptions = {},
): Promise<MantissaLut> {
  checkOptions('lutFromC', options, CHECKS);
  const {
    functionName,
    defines = {},
    includeFolders = [],
    operandBits,
    signed,
    maxMred,
    timeLimit = 30,
    memoryLimit = 64,
    onWarning = console.warn,
    ...lutOptions
  } = options;
  const limits = {time: timeLimit, memory: memoryLimit};
  const files = typeof paths === 'string' ? [paths] : paths;
  const compiledFiles = unitsOf(files);
  const file = compiledFiles[0];
  if (file === undefined) {
    throw new MultiplierError('lutFromC', {found: 'no file', expected: 'at least one'});
  }
  assertMacros(defines);
  const collected = await collectSources(files, includeFolders, timeLimit, C_INCLUDES);
  const sources = {...collected, units: compiledFiles.map(compilerPath)};
  const language = languageOf(sources);
  if (functionName !== undefined) assertFunctionName(functionName, language);
  const compiler = await findCompiler(language);
  const compiled = await compile(compiler, sources, {
    file,
    functionName,
    language,
    limits: {...limits, defines},
  });
  const warnings = diagnosticsOf('warning', compiled.warnings);
  if (warnings !== '') onWarning(warnings);
  const {wasm, hasAddress} = compiled;
  return tabulate(
    {
      wasm,
      hasAddress,
      file,
      units: sources.units,
      functionName,
      lut: {...lutOptions, name: lutOptions.name ?? basename(file, extname(file))},
      operandBits,
      signed,
      maxMred,
      memory: memoryLimit,
    },
    limits,
  );
}

interface ModelOptions {
  readonly file: string;
  readonly functionName?: string;
  readonly language: Language;
  readonly limits: CompileOptions;
}

/**
 * With the address of the function that was named. Where that is what does not compile, without:
 * then the function may be one of another file, or what is there can be told.
 */
async function compile(
  compiler: Compiler,
  sources: Sources & {readonly hasOwnTypes?: boolean},
  options: ModelOptions,
): Promise<{wasm: Uint8Array; warnings: string; hasAddress: boolean}> {
  const {file, functionName, language, limits} = options;
  /** Once more, where it is for types of its own that the model does not compile. */
  const withTypes = (diagnostics: string) => {
    const isOfTypes = /redefinition|redeclared|conflicting types/.test(diagnostics);
    const own = isOfTypes && !sources.hasOwnTypes ? withOwnTypes(sources) : undefined;
    if (own === undefined) throw doesNotCompile(file, diagnostics);
    return compile(compiler, {...own, hasOwnTypes: true}, options);
  };
  if (functionName !== undefined) {
    const addressed = withModelExport(sources, functionName, language);
    const compiled = await compiler.compile(addressed, limits);
    if ('wasm' in compiled) return {...compiled, hasAddress: true};
    const isOfExport = compiled.diagnostics.includes(MODEL_EXPORT_FILE);
    if (!isOfExport) return withTypes(compiled.diagnostics);
  }
  const compiled = await compiler.compile(sources, limits);
  if ('wasm' in compiled) return {...compiled, hasAddress: false};
  return withTypes(compiled.diagnostics);
}

function doesNotCompile(file: string, diagnostics: string): MultiplierError {
  const isFull = /LLVM ERROR: out of memory|std::bad_alloc|of memory in use/.test(diagnostics);
  return new MultiplierError(`compiling "${file}"`, {
    found: isFull
      ? `more than ${COMPILER_MEMORY} MiB of memory in use by the compiler`
      : diagnosticsOf('error', diagnostics),
    expected: isFull ? 'a model that compiles within that' : 'C or C++ that compiles',
  });
}

/** They become a part of a command line. */
function assertMacros(defines: NamedValues): void {
  const bad = Object.keys(defines).find(name => !/^[A-Za-z_]\w*$/.test(name));
  if (bad === undefined) return;
  throw new MultiplierError('lutFromC', {
    found: `defines with the name "${bad}"`,
    expected: 'a name of letters, digits and _',
  });
}
