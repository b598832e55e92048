// SPDX-License-Identifier: Apache-2.0
/** What of a device decides which tiles it can run and which it should. */
import {provenLut, significandProducts, type Multiplier} from '@tfjs-approx/lut-builder';
import {isSoftwareAdapter, type AdapterDescription} from './adapter-description.js';
import {panelBytes} from './panel-tile.js';
import {productFormOf, usesCodes} from './product-wgsl.js';
import {fits, tableBytes} from './table.js';
import {TILE_TABLE, type DeviceClass} from './tile-table.js';
import {PLAIN_TABLE, threadsOf, type Tile, type TileCost} from './tiles.js';

export interface DeviceTraits {
  readonly deviceClass: DeviceClass;
  /** null where subgroups are missing or their size is not fixed. */
  readonly subgroupSize: number | null;
  readonly mostThreads: number;
  /** Bytes of workgroup memory. */
  readonly workgroupMemory: number;
}

const VENDORS: readonly DeviceClass[] = ['nvidia', 'amd', 'intel', 'apple'];

export function deviceClassOf({vendor, ...adapter}: AdapterDescription): DeviceClass {
  if (isSoftwareAdapter(adapter)) {
    const text = `${adapter.description} ${adapter.architecture} ${adapter.device}`;
    return /swiftshader/i.test(text) ? 'swiftshader' : 'lavapipe';
  }
  return VENDORS.find(name => vendor.toLowerCase().includes(name)) ?? 'default';
}

/** The tiles that the device has for a multiplier. */
export function tilesFor(multiplier: Multiplier, traits: DeviceTraits): TileCost[] {
  const lists = TILE_TABLE[traits.deviceClass] ?? TILE_TABLE.default;
  return lists[productFormOf(multiplier)].filter(({tile}) => canRun(tile, multiplier, traits));
}

export function canRun(tile: Tile, multiplier: Multiplier, traits: DeviceTraits): boolean {
  if (threadsOf(tile) > traits.mostThreads) return false;
  if (tile.operands === 'subgroup' && tile.lanes !== traits.subgroupSize) return false;
  const {memory, entry} = tile.table ?? PLAIN_TABLE;
  const panels = tile.operands === 'workgroup' ? panelBytes(tile, usesCodes(multiplier)) : 0;
  const isLut = productFormOf(multiplier) === 'lut';
  const table =
    isLut && memory === 'workgroup' ? tableBytes(multiplier.format.fractionBits, entry) : 0;
  if (panels + table > traits.workgroupMemory) return false;
  return !isLut || entry === 'f32' || fits(significandProducts(provenLut(multiplier)), entry);
}
