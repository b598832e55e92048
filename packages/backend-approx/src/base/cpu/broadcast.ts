// SPDX-License-Identifier: Apache-2.0
/** How two broadcast operands are walked: dimensions along which both vary, or only one does, are merged. */

/** Rows of results that lie side by side, and where the operands of the first begin. */
export interface Block {
  readonly a: number;
  readonly b: number;
  readonly out: number;
  readonly rows: number;
  /** How far an operand moves from row to row; 0 where it is repeated. */
  readonly aStep: number;
  readonly bStep: number;
  /** Results per row. */
  readonly length: number;
  /** Whether an operand is read side by side along a row, or is one number. */
  readonly aVaries: boolean;
  readonly bVaries: boolean;
}

interface Level {
  readonly size: number;
  readonly aStep: number;
  readonly bStep: number;
}

/**
 * Visits the result of two broadcast operands block by block, in its order.
 * @param out the shape to which `a` and `b` are broadcast, without zeros.
 */
export function broadcastWalk(
  a: readonly number[],
  b: readonly number[],
  out: readonly number[],
  visit: (block: Block) => void,
): void {
  const [run = {size: 1, aStep: 1, bStep: 1}, row = {size: 1, aStep: 0, bStep: 0}, ...outer] =
    levels(a, b, out);
  const form = {
    rows: row.size,
    aStep: row.aStep,
    bStep: row.bStep,
    length: run.size,
    aVaries: run.aStep > 0,
    bVaries: run.bStep > 0,
  };
  let done = 0;
  const walk = (level: number, aAt: number, bAt: number): void => {
    if (level < 0) {
      visit({...form, a: aAt, b: bAt, out: done});
      done += row.size * run.size;
      return;
    }
    const {size, aStep, bStep} = outer[level];
    for (let i = 0; i < size; i++) walk(level - 1, aAt + i * aStep, bAt + i * bStep);
  };
  walk(outer.length - 1, 0, 0);
}

/** The loops over the result, innermost first. */
function levels(a: readonly number[], b: readonly number[], out: readonly number[]): Level[] {
  const found: Level[] = [];
  let aSize = 1;
  let bSize = 1;
  for (let d = 1; d <= out.length; d++) {
    const size = out[out.length - d];
    if (size === 1) continue;
    const aVaries = (a.at(-d) ?? 1) > 1;
    const bVaries = (b.at(-d) ?? 1) > 1;
    const last = found.at(-1);
    if (last && last.aStep > 0 === aVaries && last.bStep > 0 === bVaries) {
      found[found.length - 1] = {...last, size: last.size * size};
    } else {
      found.push({size, aStep: aVaries ? aSize : 0, bStep: bVaries ? bSize : 0});
    }
    if (aVaries) aSize *= size;
    if (bVaries) bSize *= size;
  }
  return found;
}
