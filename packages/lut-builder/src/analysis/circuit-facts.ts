// SPDX-License-Identifier: Apache-2.0
/** The circuit that a table was built from: facts that travel as metadata of the table and its file. */
import {LutFormatError, type MantissaLut} from '@tfjs-approx/arithmetic';
import type {CellCounts} from './area.js';

export interface CircuitFacts {
  readonly cells: CellCounts;
  /** Bits of each operand, where they are more than the m + 1 of the table. */
  readonly bits?: number;
}

/** The same table with its circuit's facts. */
export function withCircuit(lut: MantissaLut, {cells, bits}: CircuitFacts): MantissaLut {
  const metadata = {
    ...lut.metadata,
    cells: JSON.stringify(cells),
    ...(bits === undefined ? {} : {circuitBits: String(bits)}),
  };
  return Object.freeze({...lut, metadata: Object.freeze(metadata)});
}

/**
 * The facts that a table has of its circuit, if any.
 *
 * @param file Named in the error; the table's name unless given.
 * @throws {LutFormatError} if they are no cells by kind, or no width above the table's.
 */
export function circuitFactsOf(lut: MantissaLut, file = lut.name): CircuitFacts | undefined {
  const {cells, circuitBits} = lut.metadata ?? {};
  const bits = circuitBits === undefined ? undefined : widthOf(circuitBits, lut, file);
  if (cells === undefined) return undefined;
  return {cells: cellsOf(cells, file), ...(bits === undefined ? {} : {bits})};
}

function cellsOf(json: string, file: string): CellCounts {
  const fail = (found: string, expected: string): never => {
    throw new LutFormatError(file, 'metadata "cells"', {found, expected});
  };
  let cells: unknown;
  try {
    cells = JSON.parse(json);
  } catch {
    return fail(shortened(json), 'a JSON object');
  }
  const expected = 'counts of cells by kind, such as {"AND": 73, "XOR": 96}';
  if (typeof cells !== 'object' || cells === null || Array.isArray(cells)) {
    return fail(shortened(json), expected);
  }
  for (const [kind, count] of Object.entries(cells)) {
    if (!/^\w{1,64}$/.test(kind) || !(Number.isInteger(count) && count >= 1 && count <= 1e9)) {
      fail(shortened(JSON.stringify({[kind]: count})), expected);
    }
  }
  return cells as CellCounts;
}

function widthOf(text: string, {mantissaBits}: MantissaLut, file: string): number {
  const bits = Number(text);
  if (/^\d{1,3}$/.test(text) && bits >= mantissaBits + 2 && bits <= 64) return bits;
  throw new LutFormatError(file, 'metadata "circuitBits"', {
    found: shortened(text),
    expected: `an integer in ${mantissaBits + 2}..64`,
  });
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
