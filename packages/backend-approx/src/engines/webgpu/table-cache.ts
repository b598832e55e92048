// SPDX-License-Identifier: Apache-2.0
/** Tables on the device: those of the multipliers that were used last. */
import type {Multiplier} from '@tfjs-approx/arithmetic';
import type {ApproxWebGPUBackend} from './backend.js';
import {productTable} from './product-wgsl.js';
import type {TableEntry} from './table.js';

/** Multipliers whose tables are kept; a sweep over many must not fill the device. */
export const MOST_MULTIPLIERS = 16;

export class TableCache {
  readonly #backend: Pick<ApproxWebGPUBackend, 'createTable' | 'destroyTable'>;
  /** Least recently used first. */
  readonly #packings = new Map<Multiplier, Map<TableEntry, GPUBuffer>>();

  constructor(backend: Pick<ApproxWebGPUBackend, 'createTable' | 'destroyTable'>) {
    this.#backend = backend;
  }

  /** The table, or the prepared significands, of a multiplier whose products read one. */
  get(multiplier: Multiplier, entry: TableEntry): GPUBuffer {
    const packings = this.#use(multiplier);
    let table = packings.get(entry);
    if (!table) {
      table = this.#backend.createTable(multiplier.name, productTable(multiplier, entry));
      packings.set(entry, table);
    }
    return table;
  }

  #use(multiplier: Multiplier): Map<TableEntry, GPUBuffer> {
    const packings = this.#packings.get(multiplier) ?? new Map<TableEntry, GPUBuffer>();
    this.#packings.delete(multiplier);
    if (this.#packings.size >= MOST_MULTIPLIERS) this.#dropLeastRecent();
    this.#packings.set(multiplier, packings);
    return packings;
  }

  #dropLeastRecent(): void {
    const [multiplier, packings] = this.#packings.entries().next().value!;
    this.#packings.delete(multiplier);
    for (const table of packings.values()) this.#backend.destroyTable(table);
  }
}
