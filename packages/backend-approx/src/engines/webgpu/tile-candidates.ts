// SPDX-License-Identifier: Apache-2.0
/** The tiles among which `npm run tune` measures; those that a device cannot run are passed over. */
import {panel, registers, subgroup, type TablePlacement, type Tile} from './tiles.js';

/** For wide outputs, for thin ones, and for channels side by side. */
const SHAPES: readonly Tile[] = [
  panel([32, 8], [4, 8], 8),
  panel([32, 8], [4, 4], 8),
  panel([16, 16], [8, 8], 8),
  panel([16, 16], [4, 4], 16),
  panel([8, 16], [4, 4], 16),
  panel([8, 8], [4, 4], 16),
  panel([8, 8], [2, 2], 16),
  panel([4, 32], [4, 3], 8),
  panel([2, 32], [3, 3], 4),
  panel([1, 64], [1, 1], 8),
  panel([32, 4], [3, 4], 8),
  panel([32, 2], [3, 3], 4),
  panel([64, 1], [1, 1], 8),
  registers([8, 8], [4, 8]),
  registers([8, 8], [4, 4]),
  registers([8, 8], [2, 4]),
  registers([1, 64], [1, 4]),
  registers([1, 4, 32], [1, 4]),
  registers([1, 16, 8], [1, 4]),
  registers([1, 8, 8], [1, 4]),
  registers([1, 32, 8], [1, 9]),
  registers([1, 64, 8], [1, 4]),
  registers([1, 16, 32], [1, 4]),
  registers([1, 8, 32], [1, 9]),
  registers([1, 1, 8], [1, 4]),
  registers([1, 3, 32], [1, 3]),
  registers([1, 5, 32], [1, 5]),
  registers([1, 1, 32], [1, 5]),
  registers([1, 1, 32], [1, 9]),
];

/** Subgroups along n sharing rows, or along m sharing columns. */
const sharing = (lanes: number): readonly Tile[] => [
  subgroup([lanes, 8], [4, 8], lanes),
  subgroup([lanes, 8], [4, 4], lanes),
  subgroup([lanes, 32], [2, 8], lanes),
  subgroup([lanes, 16], [2, 16], lanes),
  subgroup([lanes, 8], [2, 16], lanes),
  subgroup([lanes, 8], [2, 8], lanes),
  subgroup([lanes, 8], [1, 8], lanes),
  subgroup([lanes, 1], [2, 8], lanes),
  subgroup([lanes, 1], [1, 8], lanes),
  subgroup([lanes, 4], [1, 8], lanes),
  subgroup([1, 256], [8, 2], lanes),
  subgroup([1, 256], [6, 2], lanes),
  subgroup([1, 64], [8, 2], lanes),
  subgroup([1, 64], [8, 1], lanes),
  subgroup([1, 64], [6, 2], lanes),
  subgroup([1, 64], [4, 2], lanes),
  subgroup([1, lanes], [8, 2], lanes),
  subgroup([1, lanes], [6, 4], lanes),
  subgroup([1, 64], [1, 4], lanes),
];

const PLACEMENTS: readonly TablePlacement[] = [
  {memory: 'storage', entry: 'u8'},
  {memory: 'storage', entry: 'u16'},
  {memory: 'workgroup', entry: 'u8'},
  {memory: 'workgroup', entry: 'u16'},
  {memory: 'workgroup', entry: 'f32'},
];

/** @param subgroupSize of the device, or null. */
export function tileCandidates(subgroupSize: number | null): Tile[] {
  return [...SHAPES, ...(subgroupSize === null ? [] : sharing(subgroupSize))];
}

/** A tile with the table in every other place. */
export function tableCandidates(tile: Tile): Tile[] {
  return PLACEMENTS.map(table => ({...tile, table}));
}
