// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {expect} from 'chai';
import {
  tileCandidates,
  type DeviceClass,
  type TablePlacement,
  type Tile,
  type TileCost,
} from '@tfjs-approx/backend-approx/tuning';
import {entryText, keepUseful, withEntry} from './tile-entry.js';

const TABLE = new URL(
  '../../packages/backend-approx/src/engines/webgpu/tile-table.ts',
  import.meta.url,
);

const base: Tile = {
  operands: 'registers',
  threadsN: 8,
  threadsM: 8,
  threadsB: 1,
  columnsPerThread: 2,
  rowsPerThread: 2,
  depth: 1,
};
const cost = (changes: Partial<Tile>, time: number): TileCost => ({
  tile: {...base, ...changes},
  cost: time,
});

describe('entries of the tile table', () => {
  it('leave out what a faster tile replaces at every size, and are relative to the fastest', () => {
    const kept = keepUseful([
      cost({}, 200),
      cost({columnsPerThread: 4}, 300),
      cost({columnsPerThread: 8}, 100),
    ]);
    expect(kept.map(({tile, cost}) => [tile.columnsPerThread, cost])).to.deep.equal([
      [8, 1],
      [2, 2],
    ]);
  });

  it('keep a tile for devices and tables that the faster one does not suit', () => {
    const kept = keepUseful([
      cost({}, 3),
      cost({operands: 'subgroup', lanes: 8}, 2),
      cost({table: {memory: 'storage', entry: 'u8'}}, 1),
    ]);
    expect(kept).to.have.length(3);
  });

  it('keep a tile for devices that have fewer threads or less memory than the faster one takes', () => {
    const kept = (...changes: Array<Partial<Tile>>) =>
      keepUseful(changes.map((change, i) => cost(change, i + 1))).length;
    // Every device grants 256 threads and 16 KiB.
    expect(kept({threadsM: 32, rowsPerThread: 1}, {threadsM: 16, rowsPerThread: 2})).to.equal(1);
    expect(kept({threadsM: 64, rowsPerThread: 1}, {threadsM: 32, rowsPerThread: 2})).to.equal(2);
    expect(kept({threadsM: 64, rowsPerThread: 1}, {threadsM: 64, rowsPerThread: 2})).to.equal(1);
    const panel = {operands: 'workgroup'} as const;
    expect(kept({...panel, depth: 64}, {})).to.equal(1);
    expect(kept({...panel, depth: 65}, {})).to.equal(2);
    expect(kept({...panel, depth: 65}, {...panel, depth: 66})).to.equal(1);
  });

  it('keep a tile for multipliers whose table the faster one cannot hold', () => {
    const kept = (faster: TablePlacement, slower: TablePlacement) =>
      keepUseful([cost({table: faster}, 1), cost({table: slower}, 2)]).length;
    const place = (memory: TablePlacement['memory'], entry: TablePlacement['entry']) => ({
      memory,
      entry,
    });
    expect(kept(place('storage', 'u16'), place('storage', 'u8'))).to.equal(1);
    expect(kept(place('storage', 'u8'), place('storage', 'u16'))).to.equal(2);
    expect(kept(place('workgroup', 'u8'), place('storage', 'u8'))).to.equal(2);
    expect(kept(place('workgroup', 'f32'), place('workgroup', 'u8'))).to.equal(2);
    expect(kept(place('storage', 'u8'), place('workgroup', 'u8'))).to.equal(1);
  });

  it('are replaced in the file, or added, and nothing else is changed', async () => {
    const source = readFileSync(TABLE, 'utf8');
    const lists = {native: [cost({}, 1)], logAdd: [cost({}, 1)], lut: [cost({}, 1)]};
    const name = 'somebody' as DeviceClass;
    const added = await withEntry(source, name, entryText(name, lists));
    expect(added).to.include(
      '  somebody: {\n    native: [{tile: registers([8, 8], [2, 2]), cost: 1}],',
    );
    expect(added.replace(/ {2}somebody: \{[^]*?\n {2}\},\n/, '')).to.equal(source);
    expect(await withEntry(added, name, entryText(name, lists))).to.equal(added);
  });
});

describe('candidates', () => {
  it('are all different', () => {
    const names = tileCandidates(32).map(tile => JSON.stringify(tile));
    expect(new Set(names).size).to.equal(names.length);
  });
});
