// SPDX-License-Identifier: Apache-2.0
/**
 * A mantissa LUT from a combinational multiplier in Verilog, and its gates.
 *
 * An unsigned multiplier of operands of m + 1 bits is a significand multiplier: of 2^m + i and
 * 2^m + j it makes p, and L = p / 2^(2m). A wider multiplier gets the operands left-aligned.
 */
import {basename} from 'node:path';
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
import {withCircuit} from '../../analysis/circuit.js';
import {collectSources} from '../sources.js';
import {timeLimitProblem} from '../time-limit.js';
import {type Circuit, circuitOf} from './circuit.js';
import {VERILOG_INCLUDES, assertDigits, withoutMark, yosysPath, yosysPathOf} from './includes.js';
import {filesByName} from './named-files.js';
import {type MultiplierPorts, multiplierPorts} from './ports.js';
import {simulate} from './simulate.js';
import {type SourceFiles, VERILOG_EXTENSIONS, isVerilog, synthesise} from './synthesis.js';

export interface VerilogOptions extends Partial<LutOptions> {
  /** Module to synthesise; the one that no other instantiates unless given. */
  readonly top?: string;
  /** First operand, second operand, product; recognised by direction, width and name unless given. */
  readonly ports?: readonly string[];
  /** Folders in which included files are looked for too. */
  readonly includeFolders?: readonly string[];
  /** m; the operands' width less one unless given. */
  readonly mantissaBits?: number;
  /** Seconds, for reading and for each step of the synthesis; 60 unless given. */
  readonly timeLimit?: number;
}

const CHECKS: OptionChecks<VerilogOptions> = {
  ...LUT_OPTION_CHECKS,
  // The ports of the module say which there can be.
  mantissaBits: anyValue,
  top: text,
  ports: texts,
  includeFolders: texts,
  timeLimit: timeLimitProblem,
};

/**
 * Synthesises a multiplier with Yosys and tabulates its gates over all pairs of operands.
 *
 * @param paths Sources (`.v`, `.sv`), and files that they include or read. Those that are in the
 *     folders of these files or in include folders need not be named.
 * @param options.name Of the table; that of the module unless given.
 * @returns The table, with the cells of the netlist.
 * @throws {MultiplierError} if Yosys is not there, a file includes one from another folder, or the
 *     module is not a combinational, unsigned multiplier whose every answer is defined.
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
    includeFolders = [],
    timeLimit = 60,
    ...lutOptions
  } = options;
  const named = typeof paths === 'string' ? [paths] : paths;
  const main = named.find(isVerilog);
  if (main === undefined) throw noSource(named);
  const files = await readSources(named, includeFolders, timeLimit);
  const yosysOptions = {op: `Verilog "${main}"`, timeLimit};
  const {top, tool, elaborated, optimised} = await synthesise(files, wanted, yosysOptions);

  const op = `Verilog module "${top}"`;
  // As written, names are there and nothing undefined has been decided yet.
  const asWritten = circuitOf(elaborated, op);
  const ports = multiplierPorts(elaborated, op, portNames);
  const mantissaBits = options.mantissaBits ?? ports.width - 1;
  const most = Math.min(ports.width - 1, MAX_MANTISSA_BITS);
  if (!(Number.isInteger(mantissaBits) && mantissaBits >= 1 && mantissaBits <= most)) {
    throw new MultiplierError(op, {
      found: `${mantissaBits} mantissa bits`,
      expected: `1..${most} with operands of ${ports.width} bits`,
      remedy:
        'Say how many by the option mantissaBits (--mantissa-bits <m>); fewer are left-aligned.',
    });
  }
  const circuit = circuitOf(optimised, op);
  const products = simulate(circuit, ports, mantissaBits);
  assertDefined(products, asWritten, ports, mantissaBits, op);

  const n = 2 ** mantissaBits;
  const unit = 2 ** (-2 * (ports.width - 1));
  const lut = lutFromSignificandProduct((i, j) => products[i * n + j]! * unit, {
    ...lutOptions,
    mantissaBits,
    name: lutOptions.name ?? top,
    provenance: lutOptions.provenance ?? `Verilog: module ${top} of ${basename(main)}, by ${tool}`,
  });
  const isWider = ports.width > mantissaBits + 1;
  const {cells} = circuit;
  return withCircuit(lut, {cells, ...(isWider ? {bits: ports.width} : {})});
}

/** Whatever stands where the source leaves a value open, the answers must be those of the gates. */
function assertDefined(
  products: Float64Array,
  asWritten: Circuit,
  ports: MultiplierPorts,
  mantissaBits: number,
  op: string,
): void {
  const choices =
    asWritten.undefinedNets.length > 0
      ? (['zeros', 'ones', 'random'] as const)
      : (['zeros'] as const);
  for (const choice of choices) {
    const others = simulate(asWritten, ports, mantissaBits, choice);
    const pair = products.findIndex((product, e) => product !== others[e]);
    if (pair < 0) continue;
    const n = 2 ** mantissaBits;
    const scale = 2 ** (ports.width - 1 - mantissaBits);
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
