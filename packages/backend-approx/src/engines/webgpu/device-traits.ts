// SPDX-License-Identifier: Apache-2.0
/** What of a device decides which tiles it can run and which it should. */
import {DeviceLimitError} from '../../errors.js';
import {isSoftwareAdapter, type AdapterDescription} from '../../device/adapter-description.js';
import {panelBytes} from './panel-tile.js';
import {tableBytes} from './packed-table.js';
import {TILE_TABLE, type DeviceClass, type TileLists} from './tile-table.js';
import {PLAIN_TABLE, threadsOf, tileText, type Tile, type TileCost} from './tiles.js';
import type {UnitProgram} from './unit-program.js';

export interface DeviceTraits {
  readonly deviceClass: DeviceClass;
  /** null where subgroups are missing or their size is not fixed. */
  readonly subgroupSize: number | null;
  readonly limits: TileLimits;
}

/** The limits that tiles are held to, and what a tile takes of each. */
export type TileLimits = Pick<GPUSupportedLimits, (typeof TILE_LIMITS)[number]>;

/** The workgroups of tiles lie along x. */
export const TILE_LIMITS = [
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
] as const;

const VENDORS: readonly DeviceClass[] = ['nvidia', 'amd', 'intel', 'apple'];

export function deviceClassOf({vendor, ...adapter}: AdapterDescription): DeviceClass {
  if (isSoftwareAdapter(adapter)) {
    const text = `${adapter.description} ${adapter.architecture} ${adapter.device}`;
    return /swiftshader/i.test(text) ? 'swiftshader' : 'lavapipe';
  }
  return VENDORS.find(name => vendor.toLowerCase().includes(name)) ?? 'default';
}

const listsOf = (deviceClass: DeviceClass): TileLists =>
  TILE_TABLE[deviceClass] ?? TILE_TABLE.default;

/** Whatever the unit. */
export function tilesOfClass(deviceClass: DeviceClass): Tile[] {
  return Object.values(listsOf(deviceClass)).flatMap(costs => costs.map(({tile}) => tile));
}

/**
 * The tiles that the device has for a unit.
 *
 * @throws {DeviceLimitError} when there is none that suits every contraction.
 */
export function tilesFor(unit: UnitProgram, traits: DeviceTraits): TileCost[] {
  const costs = listsOf(traits.deviceClass)[unit.form];
  const fitting = tilesThatRun(
    costs.map(({tile}) => tile),
    unit,
    traits,
  );
  return costs.filter(({tile}) => fitting.includes(tile));
}

/** @throws {DeviceLimitError} when none is left that suits every contraction. */
export function tilesThatRun(
  tiles: readonly Tile[],
  unit: UnitProgram,
  traits: DeviceTraits,
): Tile[] {
  const fitting = tiles.filter(tile => canRun(tile, unit, traits));
  if (!fitting.some(suitsEveryContraction)) throw noTile(tiles, unit, traits);
  return fitting;
}

export function canRun(tile: Tile, unit: UnitProgram, traits: DeviceTraits): boolean {
  if (tile.operands === 'subgroup' && tile.lanes !== traits.subgroupSize) return false;
  const demand = demandFor(tile, unit);
  if (TILE_LIMITS.some(limit => demand[limit] > traits.limits[limit])) return false;
  return holdsTable(tile, unit);
}

/** Whether the tile's entries have room for the products. */
function holdsTable(tile: Tile, unit: UnitProgram): boolean {
  return unit.holds((tile.table ?? PLAIN_TABLE).entry);
}

/**
 * @param codes whether decoded operands have codes.
 * @param mantissaBits of the table, or null where products read none.
 */
export function demandOf(tile: Tile, codes: boolean, mantissaBits: number | null): TileLimits {
  const threads = threadsOf(tile);
  const {memory, entry} = tile.table ?? PLAIN_TABLE;
  const panels = tile.operands === 'workgroup' ? panelBytes(tile, codes) : 0;
  const copiesTable = mantissaBits !== null && memory === 'workgroup';
  return {
    maxComputeInvocationsPerWorkgroup: threads,
    maxComputeWorkgroupSizeX: threads,
    maxComputeWorkgroupStorageSize: panels + (copiesTable ? tableBytes(mantissaBits, entry) : 0),
  };
}

function demandFor(tile: Tile, unit: UnitProgram): TileLimits {
  return demandOf(tile, unit.codes, unit.tableBits);
}

/** Others need batches that lie side by side. */
const suitsEveryContraction = ({threadsB}: Tile): boolean => threadsB === 1;

/** Names the limits that the most modest tile exceeds. */
function noTile(
  tiles: readonly Tile[],
  unit: UnitProgram,
  {limits, deviceClass}: DeviceTraits,
): DeviceLimitError {
  const excess = tiles
    .filter(tile => suitsEveryContraction(tile) && tile.operands !== 'subgroup')
    .filter(tile => holdsTable(tile, unit))
    .map(tile => {
      const demand = demandFor(tile, unit);
      const exceeded = TILE_LIMITS.filter(limit => demand[limit] > limits[limit]);
      const factor = exceeded.reduce(
        (most, limit) => Math.max(most, demand[limit] / limits[limit]),
        0,
      );
      const text = exceeded.map(limit => `${limit} ${limits[limit]} (it takes ${demand[limit]})`);
      return {factor, what: `${tileText(tile)} exceeds ${text.join(' and ')}`};
    })
    .sort((a, b) => a.factor - b.factor);
  const closest =
    excess.length > 0
      ? `The closest, ${excess[0].what}`
      : 'All need subgroups of another size, or hold smaller products';
  return new DeviceLimitError(
    `No tile for ${unit.name} fits this device (class ${deviceClass}). ${closest}. ` +
      `Set APPROX_ENGINE=cpu.`,
  );
}
