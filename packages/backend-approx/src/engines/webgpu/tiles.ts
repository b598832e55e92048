// SPDX-License-Identifier: Apache-2.0
/**
 * Tile shapes: how a workgroup covers the output. A thread forms rowsPerThread x columnsPerThread
 * outputs, so that loads and decodes are spread over many products. Which tiles there are, and what
 * each costs, is data (tile-table.ts).
 */
import type {ContractionLayout} from '../../contraction/layout.js';
import type {TableEntry} from './packed-table.js';

export interface Tile {
  /**
   * Where decoded operands wait for their products.
   * - `workgroup`: panels in workgroup memory, which all threads load together.
   * - `registers`: each thread loads its own, and no thread waits for another.
   * - `subgroup`: as `registers`, but what all lanes of a subgroup share is loaded by them together,
   *   an element each, and broadcast.
   */
  readonly operands: 'workgroup' | 'registers' | 'subgroup';
  /** Threads along n, m and b; their product is the workgroup size. */
  readonly threadsN: number;
  readonly threadsM: number;
  /** More than 1 only in `registers`: for batches that lie side by side, as channels do. */
  readonly threadsB: number;
  readonly columnsPerThread: number;
  readonly rowsPerThread: number;
  /** k per step: the depth of the panels; 1 without panels. */
  readonly depth: number;
  /** Subgroup size, in `subgroup`. */
  readonly lanes?: number;
  /** In `lut` form: where the table is read and how it is packed; as float32 in a buffer unless given. */
  readonly table?: TablePlacement;
}

export interface TablePlacement {
  readonly memory: 'storage' | 'workgroup';
  readonly entry: TableEntry;
}

export const PLAIN_TABLE: TablePlacement = {memory: 'storage', entry: 'f32'};

/** A tile and what the tuner found of it. */
export interface TileCost {
  readonly tile: Tile;
  /** Time per product where every output of the tile is needed, in a unit common to one list. */
  readonly cost: number;
  /** Fewer workgroups than this leave processors idle and take as long as this many. */
  readonly leastWorkgroups?: number;
}

type Threads = readonly [n: number, m: number, b?: number];
type Outputs = readonly [columns: number, rows: number];

/** @param threads along n and m. @param outputs columns and rows of a thread. */
export function panel(
  [threadsN, threadsM]: Threads,
  [columnsPerThread, rowsPerThread]: Outputs,
  depth: number,
  table?: TablePlacement,
): Tile {
  const shape = {threadsN, threadsM, threadsB: 1, columnsPerThread, rowsPerThread, depth};
  return {operands: 'workgroup', ...shape, ...(table ? {table} : {})};
}

/** @param threads along n, m and b. */
export function registers(
  [threadsN, threadsM, threadsB = 1]: Threads,
  [columnsPerThread, rowsPerThread]: Outputs,
  table?: TablePlacement,
): Tile {
  const shape = {threadsN, threadsM, threadsB, columnsPerThread, rowsPerThread, depth: 1};
  return {operands: 'registers', ...shape, ...(table ? {table} : {})};
}

/** @param lanes the subgroup size; a multiple of it along n, or along m with one thread along n. */
export function subgroup(
  threads: Threads,
  outputs: Outputs,
  lanes: number,
  table?: TablePlacement,
): Tile {
  return {...registers(threads, outputs, table), operands: 'subgroup', lanes};
}

/** The call that makes a tile, as it stands in tile-table.ts. */
export function tileText(tile: Tile): string {
  const {operands, threadsN, threadsM, threadsB, columnsPerThread, rowsPerThread} = tile;
  const {depth, lanes, table} = tile;
  const threads = threadsB > 1 ? [threadsN, threadsM, threadsB] : [threadsN, threadsM];
  const rest = {workgroup: [depth], registers: [], subgroup: [lanes]}[operands];
  const placement = table ? [`{memory: '${table.memory}', entry: '${table.entry}'}`] : [];
  const name = operands === 'workgroup' ? 'panel' : operands;
  const shape = [`[${threads.join(', ')}]`, `[${columnsPerThread}, ${rowsPerThread}]`];
  return `${name}(${[...shape, ...rest, ...placement].join(', ')})`;
}

export const threadsOf = ({threadsN, threadsM, threadsB}: Tile): number =>
  threadsN * threadsM * threadsB;
export const rowsOf = (tile: Tile): number => tile.threadsM * tile.rowsPerThread;
export const columnsOf = (tile: Tile): number => tile.threadsN * tile.columnsPerThread;

/** Workgroups that a contraction takes. */
export function workgroupsOf(tile: Tile, {size, plan}: ContractionLayout): number {
  const tiles = Math.ceil(size.m / rowsOf(tile)) * Math.ceil(size.n / columnsOf(tile));
  return tiles * plan.blocks * Math.ceil(size.b / tile.threadsB);
}

/** Outputs that a contraction's workgroups form, needed or not. */
export function paddedOutputs(tile: Tile, layout: ContractionLayout): number {
  return workgroupsOf(tile, layout) * rowsOf(tile) * columnsOf(tile) * tile.threadsB;
}

/**
 * The cheapest tile: padded outputs times cost.
 *
 * @throws {RangeError} when no tile is left.
 */
export function chooseTile(costs: readonly TileCost[], layout: ContractionLayout): Tile {
  let best: Tile | undefined;
  let lowest = Infinity;
  for (const {tile, cost, leastWorkgroups = 0} of costs) {
    if (tile.threadsB > 1 && !hasAdjacentBatches(layout)) continue;
    const idle = Math.max(1, leastWorkgroups / workgroupsOf(tile, layout));
    const time = paddedOutputs(tile, layout) * idle * cost;
    if (best === undefined || time < lowest) {
      lowest = time;
      best = tile;
    }
  }
  if (!best) throw new RangeError('chooseTile: this device has no tile for the contraction');
  return best;
}

/** Whether neighbouring batches are neighbours in memory, as the channels of depthwise layers are. */
function hasAdjacentBatches({first, output}: ContractionLayout): boolean {
  return [first, output].every(({address}) => address.coefficients.b.at(-1) === 1);
}
