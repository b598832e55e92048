// SPDX-License-Identifier: Apache-2.0
/** `lut-builder inspect`: what a table file holds, after all of it was checked. */
import {
  type FloatFormat,
  type MantissaLut,
  type OperandRounding,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {circuitFactsOf} from '../../analysis/circuit-facts.js';
import {type Report, facts, grouped, paint} from '../command-output.js';
import {tableIn} from '../source.js';
import {type ReadOptions, areaText, describeFile} from '../table-file.js';

const SHOWN = 6;

export async function inspect(path: string, options: ReadOptions): Promise<Report> {
  const lut = await tableIn(path, options);
  const file = await describeFile(path, lut);
  const products = significandProducts(lut);
  const {min, max} = range(products);
  const symmetric = isSymmetric(lut);
  const firstEntries = [...lut.entries.subarray(0, SHOWN)];
  const firstProducts = [...products.subarray(0, SHOWN)];

  // One carry bit over w bits, or L < 4 over f bits.
  const digits = Math.ceil((lut.resultBits + (lut.encoding === 'normalised' ? 1 : 2)) / 4);
  const widths = firstProducts.map(product => Math.max(String(product).length, digits + 2));
  const row = (cells: string[]) => cells.map((cell, c) => cell.padStart(widths[c])).join('  ');
  const hex = (entry: number) => `0x${entry.toString(16).padStart(digits, '0')}`;
  const text = facts([
    ['layout', file.layout],
    ['name', file.name],
    ['mantissa bits', `${file.mantissaBits} (${file.shape.join(' x ')} entries)`],
    ['operands', operandsText(lut.format, lut.rounding)],
    ['encoding', `${file.encoding}, ${file.resultBits} result bits`],
    ['dtype', file.dtype],
    ['file size', `${grouped(file.bytes)} bytes`],
    ['SHA-256', file.sha256],
    ['provenance', file.provenance || '(none)'],
    ...circuitFacts(lut),
    ['range of L', `${min} .. ${max}`],
    ['symmetric', symmetric ? 'yes' : 'no: the order of the operands matters'],
    ['first entries', row(firstEntries.map(hex))],
    ['as L', row(firstProducts.map(String))],
  ]);
  return {
    json: {...file, range: [min, max], symmetric, firstEntries, firstProducts},
    text: `${paint('bold', path)}\n${text}`,
  };
}

function circuitFacts(lut: MantissaLut): Array<[string, string]> {
  const circuit = circuitFactsOf(lut);
  if (!circuit) return [];
  const {cells, bits} = circuit;
  const kinds = Object.entries(cells).map(([kind, count]) => `${count} ${kind}`);
  return [
    ['cells', kinds.join(', ') || 'none: constants and wires'],
    ['area', areaText(cells, bits)],
  ];
}

function range(products: Float32Array): {min: number; max: number} {
  let min = Infinity;
  let max = -Infinity;
  for (let e = 0; e < products.length; e++) {
    min = Math.min(min, products[e]);
    max = Math.max(max, products[e]);
  }
  return {min, max};
}

function isSymmetric({entries, mantissaBits}: MantissaLut): boolean {
  const n = 2 ** mantissaBits;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) if (entries[i * n + j] !== entries[j * n + i]) return false;
  }
  return true;
}

function operandsText(format: FloatFormat, rounding: OperandRounding): string {
  const {exponentBits, fractionBits, subnormals, overflow, maxFinite} = format;
  return [
    rounding === 'truncate' ? 'truncated' : 'rounded to nearest, ties to even,',
    `to ${fractionBits} fraction bits;`,
    exponentBits === 8 ? 'range of float32' : `${exponentBits} exponent bits`,
    subnormals ? 'with subnormals' : 'without subnormals',
    ...(overflow === 'saturate' ? ['saturating'] : []),
    ...(maxFinite === undefined ? [] : [`at ${maxFinite}`]),
  ].join(' ');
}
