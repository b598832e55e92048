// SPDX-License-Identifier: Apache-2.0
/**
 * Tables of significand products in WebAssembly's memory. They stay at the start of the heap from one
 * contraction to the next, until together they are too many.
 */
import type {Multiplier} from '@tfjs-approx/lut-builder';
import type {WasmInstance} from './wasm-instance.js';

/** Addresses of a table whose rows belong to the first, or to the second operand. */
export interface TableAddresses {
  readonly byFirst: number;
  readonly bySecond: number;
}

interface Tables {
  readonly start: number;
  readonly placed: Map<Multiplier, TableAddresses>;
}

/** Three multipliers, one per pass, with m = 11 and both orders. */
const MOST_BYTES = 6 * 4 * 2 ** 22;

const tables = new WeakMap<WasmInstance, Tables>();

/** To be called while the heap holds nothing but tables. */
export function placeTable(
  wasm: WasmInstance,
  multiplier: Multiplier,
  table: Float32Array,
): TableAddresses {
  let own = tables.get(wasm);
  if (!own) tables.set(wasm, (own = {start: wasm.mark, placed: new Map()}));
  let addresses = own.placed.get(multiplier);
  if (!addresses) {
    if (wasm.mark + 2 * table.byteLength - own.start > MOST_BYTES) {
      wasm.release(own.start);
      own.placed.clear();
    }
    const byFirst = wasm.copyIn(table);
    const transposed = transpose(table);
    const isSymmetric = table.every((product, e) => product === transposed[e]);
    addresses = {byFirst, bySecond: isSymmetric ? byFirst : wasm.copyIn(transposed)};
    own.placed.set(multiplier, addresses);
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
