// SPDX-License-Identifier: Apache-2.0
/**
 * Gathering for the CPU engine: reads one operand through its view into a dense panel. Positions
 * outside the tensor read +0. Offsets and coordinates are tabulated once per axis group, so that an
 * element costs an addition and, in guarded dimensions, a comparison.
 */
import type {ContractionLayout, Group, LinearForm, ViewLayout} from '../../contraction/layout.js';

/** Values of a linear form over all index combinations of one group, last axis fastest. */
function tabulate(form: LinearForm, group: Group, axes: readonly number[]): Int32Array {
  let table = new Int32Array([0]);
  axes.forEach((size, position) => {
    const coefficient = form.coefficients[group][position];
    const next = new Int32Array(table.length * size);
    for (let outer = 0; outer < table.length; outer++) {
      for (let i = 0; i < size; i++) next[outer * size + i] = table[outer] + i * coefficient;
    }
    table = next;
  });
  return table;
}

interface Tables {
  readonly offset: number;
  readonly limit: number;
  readonly b: Int32Array;
  /** Over m for the first operand, n for the second. */
  readonly x: Int32Array;
  readonly k: Int32Array;
}

/** An operand's address tables. `x` is the operand's own outer group: m or n. */
export interface Gatherer {
  readonly address: Tables;
  readonly guards: readonly Tables[];
}

export function gathererOf(
  layout: ContractionLayout,
  view: ViewLayout,
  outer: 'm' | 'n',
): Gatherer {
  const tables = (form: LinearForm, limit: number): Tables => ({
    offset: form.offset,
    limit,
    b: tabulate(form, 'b', layout.axes.b),
    x: tabulate(form, outer, layout.axes[outer]),
    k: tabulate(form, 'k', layout.axes.k),
  });
  return {
    address: tables(view.address, view.size),
    guards: view.guards.map(guard => tables(guard, guard.limit)),
  };
}

/** A block of an operand: x0 <= x < x0 + xCount, k0 <= k < k0 + kCount, of batch b. */
export interface Block {
  readonly b: number;
  readonly x0: number;
  readonly xCount: number;
  readonly k0: number;
  readonly kCount: number;
}

/**
 * Writes the block's raw bits to `panel`: element (x, k) at (k - k0) * xCount + (x - x0) when
 * `kMajor`, else at (x - x0) * kCount + (k - k0).
 */
export function gather(
  {address, guards}: Gatherer,
  source: Uint32Array,
  block: Block,
  kMajor: boolean,
  panel: Uint32Array,
): void {
  const {b, x0, xCount, k0, kCount} = block;
  const xStep = kMajor ? 1 : kCount;
  const kStep = kMajor ? xCount : 1;
  const base = address.offset + address.b[b];
  const [first, second, third] = guards;
  for (let k = 0; k < kCount; k++) {
    const kBase = base + address.k[k0 + k];
    let to = k * kStep;
    if (!first) {
      for (let x = 0; x < xCount; x++, to += xStep) panel[to] = source[kBase + address.x[x0 + x]];
      continue;
    }
    const c1 = first.offset + first.b[b] + first.k[k0 + k];
    if (!second) {
      const {x: x1, limit} = first;
      for (let x = 0; x < xCount; x++, to += xStep) {
        const y = c1 + x1[x0 + x];
        panel[to] = y >= 0 && y < limit ? source[kBase + address.x[x0 + x]] : 0;
      }
      continue;
    }
    const c2 = second.offset + second.b[b] + second.k[k0 + k];
    const c3 = third ? third.offset + third.b[b] + third.k[k0 + k] : 0;
    const {x: x1, limit: limit1} = first;
    const {x: x2, limit: limit2} = second;
    for (let x = 0; x < xCount; x++, to += xStep) {
      const y = c1 + x1[x0 + x];
      const z = c2 + x2[x0 + x];
      const isInside = y >= 0 && y < limit1 && z >= 0 && z < limit2;
      if (!isInside || (third && outside(c3 + third.x[x0 + x], third.limit))) panel[to] = 0;
      else panel[to] = source[kBase + address.x[x0 + x]];
    }
  }
}

function outside(coordinate: number, limit: number): boolean {
  return coordinate < 0 || coordinate >= limit;
}

/** Flat element indices of the output (or bias) for one batch, as parts that add up. */
export interface Addresses {
  readonly offset: number;
  readonly b: Int32Array;
  readonly m: Int32Array;
  readonly n: Int32Array;
}

export function addressesOf(layout: ContractionLayout, view: ViewLayout): Addresses {
  return {
    offset: view.address.offset,
    b: tabulate(view.address, 'b', layout.axes.b),
    m: tabulate(view.address, 'm', layout.axes.m),
    n: tabulate(view.address, 'n', layout.axes.n),
  };
}
