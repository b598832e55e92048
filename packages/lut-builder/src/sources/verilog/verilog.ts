// SPDX-License-Identifier: Apache-2.0
/**
 * A mantissa LUT from a combinational multiplier in Verilog, and its gates.
 *
 * An unsigned multiplier of operands of m + 1 bits is a significand multiplier: of 2^m + i and
 * 2^m + j it makes p, and L = p / 2^(2m). A wider multiplier gets the operands left-aligned. As
 * significands are positive, a signed one of N bits has significands of N - 1 bits.
 */
import {basename, extname} from 'node:path';
import {
  lutFromSignificandProduct,
  type LutOptions,
  type MantissaLut,
  MAX_MANTISSA_BITS,
  MultiplierError,
} from '@tfjs-approx/arithmetic';
import {
  anyValue,
  checkOptions,
  LUT_OPTION_CHECKS,
  type OptionChecks,
  text,
  texts,
} from '@tfjs-approx/arithmetic/internal';
import {withCircuit} from '../../analysis/circuit-facts.js';
import {flag, namedValues} from '../named-values.js';
import {type PlausibilityOptions, assertPlausible, maxMredProblem} from '../plausibility.js';
import {collectSources} from '../sources.js';
import {timeLimitProblem} from '../time-limit.js';
import {type Circuit, circuitOf} from './circuit.js';
import {VERILOG_INCLUDES, assertDigits, withoutMark, yosysPath, yosysPathOf} from './includes.js';
import {filesByName} from './named-files.js';
import {type MultiplierPorts, multiplierPorts} from './ports.js';
import {type SignificandField, simulate} from './simulate.js';
import {type SourceFiles, VERILOG_EXTENSIONS, isVerilog, synthesise} from './synthesis.js';

export interface VerilogOptions extends Partial<LutOptions>, PlausibilityOptions {
  /** Module to synthesise; the one that no other instantiates unless given. */
  readonly top?: string;
  /** First operand, second operand, product; recognised by direction, width and name unless given. */
  readonly ports?: readonly string[];
  /** Values of the top module's parameters: `{W: 8}`. */
  readonly parameters?: Readonly<Record<string, number | string>>;
  /** Macros, with their text: `{WIDTH: '8'}`. */
  readonly defines?: Readonly<Record<string, number | string>>;
  /** Folders in which included files are looked for too. */
  readonly includeFolders?: readonly string[];
  /** m; one less than the significands' bits unless given. Fewer are left-aligned in these. */
  readonly mantissaBits?: number;
  /** Bits that an operand has in wider ports, whose upper bits are 0; those of the ports unless given. */
  readonly operandBits?: number;
  /** Whether the ports are two's complement, whatever they are declared as. */
  readonly signed?: boolean;
  /** Seconds, for reading and for each step of the synthesis; 60 unless given. */
  readonly timeLimit?: number;
  /** Gets what Yosys warns of; it goes to the console unless given. */
  readonly onWarning?: (text: string) => void;
}

const CHECKS: OptionChecks<VerilogOptions> = {
  ...LUT_OPTION_CHECKS,
  // The ports of the module say which there can be.
  mantissaBits: anyValue,
  top: text,
  ports: texts,
  parameters: namedValues,
  defines: namedValues,
  includeFolders: texts,
  operandBits: anyValue,
  signed: flag,
  maxMred: maxMredProblem,
  timeLimit: timeLimitProblem,
  onWarning: anyValue,
};

/**
 * Synthesises a multiplier with Yosys and tabulates its gates over all pairs of operands.
 *
 * @param paths Sources (`.v`, `.sv`), and files that they include or read. Those that are in the
 *     folders of these files or in include folders need not be named.
 * @param options.name Of the table; that of the module unless given.
 * @returns The table, with the cells of the netlist.
 * @throws {MultiplierError} if Yosys is not there, a file includes one from another folder, the
 *     module is not a combinational multiplier whose every answer is defined, or its products are not
 *     near the exact ones.
 * @throws {RepresentabilityError} if a product is too fine for a table.
 */
export async function lutFromVerilog(
  paths: string | readonly string[],
  options: VerilogOptions = {},
): Promise<MantissaLut> {
  checkOptions('lutFromVerilog', options, CHECKS);
  const {
    top: wanted,
    ports: portNames,
    parameters = {},
    defines = {},
    includeFolders = [],
    operandBits,
    signed = false,
    maxMred,
    timeLimit = 60,
    onWarning = console.warn,
    ...lutOptions
  } = options;
  const named = typeof paths === 'string' ? [paths] : paths;
  const main = named.find(isVerilog);
  if (main === undefined) throw noSource(named);
  const files = await readSources(named, includeFolders, timeLimit);
  const {top, tool, elaborated, optimised, warnings} = await synthesise(
    files,
    {top: wanted, likely: basename(main, extname(main)), parameters, defines},
    {op: `Verilog "${main}"`, timeLimit},
  );
  if (warnings !== '') onWarning(warnings);

  const op = `Verilog module "${top}"`;
  // As written, names are there and nothing undefined has been decided yet.
  const asWritten = circuitOf(elaborated, op);
  const ports = multiplierPorts(elaborated, op, {ports: portNames, signed});
  const field = significandField(ports, options, op);
  const {mantissaBits, significandBits} = field;
  const circuit = circuitOf(optimised, op);
  const products = simulate(circuit, ports, field);
  assertDefined(products, asWritten, ports, field, op);

  const n = 2 ** mantissaBits;
  const unit = 2 ** (-2 * (significandBits - 1));
  const lut = lutFromSignificandProduct((i, j) => products[i * n + j] * unit, {
    ...lutOptions,
    mantissaBits,
    name: lutOptions.name ?? top,
    provenance: lutOptions.provenance ?? `Verilog: module ${top} of ${basename(main)}, by ${tool}`,
  });
  assertPlausible(lut, {
    op,
    maxMred,
    circuit: {operandBits: operandBits ?? ports.width, signed},
  });
  const isWider = ports.width > mantissaBits + 1;
  const {cells} = circuit;
  return withCircuit(lut, {cells, ...(isWider ? {bits: ports.width} : {})});
}

/** @throws {MultiplierError} if the ports do not hold such significands. */
function significandField(
  {width, signed}: MultiplierPorts,
  {mantissaBits: given, operandBits = width}: VerilogOptions,
  op: string,
): SignificandField {
  const least = signed ? 3 : 2;
  if (!(Number.isInteger(operandBits) && operandBits >= least && operandBits <= width)) {
    throw new MultiplierError(op, {
      found: `operands of ${operandBits} bits`,
      expected: `${least}..${width}, as the ports have ${width}`,
      remedy: 'Correct the option operandBits (--operand-bits <n>).',
    });
  }
  const significandBits = signed ? operandBits - 1 : operandBits;
  const mantissaBits = given ?? significandBits - 1;
  const most = Math.min(significandBits - 1, MAX_MANTISSA_BITS);
  if (!(Number.isInteger(mantissaBits) && mantissaBits >= 1 && mantissaBits <= most)) {
    throw new MultiplierError(op, {
      found: `${mantissaBits} mantissa bits`,
      expected:
        `1..${most} with ${signed ? 'signed ' : ''}operands of ${operandBits} bits` +
        (signed ? ', whose highest bit is the sign' : ''),
      remedy:
        'Say how many by the option mantissaBits (--mantissa-bits <m>); fewer are left-aligned.',
    });
  }
  return {mantissaBits, significandBits};
}

/** Whatever stands where the source leaves a value open, the answers must be those of the gates. */
function assertDefined(
  products: Float64Array,
  asWritten: Circuit,
  ports: MultiplierPorts,
  field: SignificandField,
  op: string,
): void {
  const {mantissaBits, significandBits} = field;
  const choices =
    asWritten.undefinedNets.length > 0
      ? (['zeros', 'ones', 'random'] as const)
      : (['zeros'] as const);
  for (const choice of choices) {
    const others = simulate(asWritten, ports, field, choice);
    const pair = products.findIndex((product, e) => product !== others[e]);
    if (pair < 0) continue;
    const n = 2 ** mantissaBits;
    const scale = 2 ** (significandBits - 1 - mantissaBits);
    const a = (n + Math.floor(pair / n)) * scale;
    const b = (n + (pair % n)) * scale;
    throw new MultiplierError(op, {
      found: `an undefined product of ${a} and ${b}: ${products[pair]} or ${others[pair]}`,
      expected: 'a product that does not depend on undefined values (x, z)',
      remedy: 'Assign a value in every case, and select within vectors.',
    });
  }
}

async function readSources(
  paths: readonly string[],
  includeFolders: readonly string[],
  seconds: number,
): Promise<SourceFiles> {
  const {files} = await collectSources(paths, includeFolders, seconds, VERILOG_INCLUDES);
  const seen = new Map([
    ...(await filesByName(paths, files)),
    ...[...files].map(([path, content]) => [yosysPathOf(path), withoutMark(content)] as const),
  ]);
  assertDigits(seen);
  return {
    units: [...new Set(paths.filter(isVerilog).map(yosysPath))],
    files: seen,
  };
}

function noSource(paths: readonly string[]): MultiplierError {
  return new MultiplierError('lutFromVerilog', {
    found: paths.length === 0 ? 'no file' : `${paths.join(', ')} only`,
    expected: `a file that ends in ${VERILOG_EXTENSIONS.join(' or ')}`,
  });
}
