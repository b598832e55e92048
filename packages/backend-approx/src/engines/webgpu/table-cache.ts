// SPDX-License-Identifier: Apache-2.0
/** Tables on the device: those of the products that were used last. */
import type {ProductRule} from '@tfjs-approx/arithmetic';
import type {ApproxWebGPUBackend} from './backend.js';
import type {TableEntry} from './packed-table.js';
import type {UnitProgram} from './unit-program.js';

/** Multipliers whose tables are kept; a sweep over many must not fill the device. */
export const MOST_MULTIPLIERS = 16;

export class TableCache {
  readonly #backend: Pick<ApproxWebGPUBackend, 'createTable' | 'destroyTable'>;
  /** Least recently used first. */
  readonly #packings = new Map<ProductRule, Map<TableEntry, GPUBuffer>>();

  constructor(backend: Pick<ApproxWebGPUBackend, 'createTable' | 'destroyTable'>) {
    this.#backend = backend;
  }

  /** The table, or the prepared significands, of a unit whose products read one. */
  get(unit: UnitProgram, entry: TableEntry): GPUBuffer {
    const packings = this.#use(unit.product);
    let table = packings.get(entry);
    if (!table) {
      table = this.#backend.createTable(unit.name, unit.tableWords(entry));
      packings.set(entry, table);
    }
    return table;
  }

  #use(product: ProductRule): Map<TableEntry, GPUBuffer> {
    const packings = this.#packings.get(product) ?? new Map<TableEntry, GPUBuffer>();
    this.#packings.delete(product);
    if (this.#packings.size >= MOST_MULTIPLIERS) this.#dropLeastRecent();
    this.#packings.set(product, packings);
    return packings;
  }

  #dropLeastRecent(): void {
    const [product, packings] = this.#packings.entries().next().value!;
    this.#packings.delete(product);
    for (const table of packings.values()) this.#backend.destroyTable(table);
  }
}
