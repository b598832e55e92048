// SPDX-License-Identifier: Apache-2.0
/** A first estimate of a multiplier's area, from the cells of its netlist. */

/** Cells by kind: `{AND: 73, XOR: 96}`. */
export type CellCounts = Readonly<Record<string, number>>;

/** Transistors of static CMOS gates, as Yosys counts them (`stat -tech cmos`). */
const TRANSISTORS: CellCounts = {
  NOT: 2,
  NAND: 4,
  NOR: 4,
  AND: 6,
  OR: 6,
  ANDNOT: 6,
  ORNOT: 6,
  NMUX: 10,
  MUX: 12,
  XOR: 12,
  XNOR: 12,
};

export interface Area {
  /** Of all kinds. */
  readonly cells: number;
  /** Of all cells; undefined where there are cells of another kind than simple gates. */
  readonly transistors?: number;
  /** The same in NAND gates of two inputs, four transistors each. */
  readonly gateEquivalents?: number;
}

/** The cells of a multiplier of significands: no exponents, signs, or rounding of operands. */
export function areaOf(counts: CellCounts): Area {
  const kinds = Object.entries(counts);
  const cells = kinds.reduce((sum, [, count]) => sum + count, 0);
  if (!kinds.every(([kind]) => Object.hasOwn(TRANSISTORS, kind))) return {cells};
  const transistors = kinds.reduce((sum, [kind, count]) => sum + count * TRANSISTORS[kind], 0);
  return {cells, transistors, gateEquivalents: transistors / 4};
}
