// SPDX-License-Identifier: Apache-2.0
/** Address tables: flat element offsets as sums of one tabulated part per axis group. */
import type {ContractionLayout, Group, ViewLayout} from '../../contraction/layout.js';

/** Values of a linear form over all index combinations of one group, last axis fastest. */
function tabulate(
  coefficients: readonly number[],
  sizes: readonly number[],
  offset: number,
): Int32Array {
  let table = Int32Array.of(offset);
  sizes.forEach((size, position) => {
    const coefficient = coefficients[position];
    const next = new Int32Array(table.length * size);
    for (let outer = 0; outer < table.length; outer++) {
      for (let i = 0; i < size; i++) next[outer * size + i] = table[outer] + i * coefficient;
    }
    table = next;
  });
  return table;
}

export type Addresses = Readonly<Record<Group, Int32Array>>;

/** @param view without guards: every position lies inside. */
export function addressesOf(layout: ContractionLayout, {address}: ViewLayout): Addresses {
  const of = (group: Group, offset = 0) =>
    tabulate(address.coefficients[group], layout.axes[group], offset);
  return {b: of('b', address.offset), m: of('m'), n: of('n'), k: of('k')};
}
