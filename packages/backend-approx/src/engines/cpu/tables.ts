// SPDX-License-Identifier: Apache-2.0
/**
 * Tables of significand products in WebAssembly's memory. They stay at the start of the heap from one
 * contraction to the next, until together they are too many.
 */
import type {ProductRule} from '@tfjs-approx/arithmetic';
import type {WasmInstance} from './wasm-instance.js';

/** Addresses of a table whose rows belong to the first, or to the second operand. */
export interface TableAddresses {
  readonly byFirst: number;
  readonly bySecond: number;
}

/** Three multipliers, one per pass, with m = 11 and both orders. */
const MOST_BYTES = 6 * 4 * 2 ** 22;

const tables = new WeakMap<WasmInstance, Map<ProductRule, TableAddresses>>();

/** To be called while the heap holds nothing but tables. */
export function placeTable(
  wasm: WasmInstance,
  product: ProductRule,
  table: Float32Array,
): TableAddresses {
  let placed = tables.get(wasm);
  if (!placed) tables.set(wasm, (placed = new Map()));
  let addresses = placed.get(product);
  if (!addresses) {
    if (wasm.used + 2 * table.byteLength > MOST_BYTES) {
      wasm.clear();
      placed.clear();
    }
    addresses = wasm.kept(() => {
      const byFirst = wasm.copyIn(table);
      const transposed = transpose(table);
      const isSymmetric = table.every((product, e) => product === transposed[e]);
      return {byFirst, bySecond: isSymmetric ? byFirst : wasm.copyIn(transposed)};
    });
    placed.set(product, addresses);
  }
  return addresses;
}

function transpose(table: Float32Array): Float32Array {
  const size = Math.sqrt(table.length);
  const result = new Float32Array(table.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) result[j * size + i] = table[i * size + j];
  }
  return result;
}
