// SPDX-License-Identifier: Apache-2.0
/**
 * Tile shapes: how a workgroup covers the output. A thread forms rowsPerThread x columnsPerThread
 * outputs, so that loads and decodes are spread over many products.
 */

export interface Tile {
  /** Threads along n and along m; their product is the workgroup size, at most 256. */
  readonly threadsN: number;
  readonly threadsM: number;
  readonly columnsPerThread: number;
  readonly rowsPerThread: number;
  /** k per step: the depth of the panels in workgroup memory. */
  readonly depth: number;
}

export const rowsOf = (tile: Tile): number => tile.threadsM * tile.rowsPerThread;
export const columnsOf = (tile: Tile): number => tile.threadsN * tile.columnsPerThread;

/**
 * For large outputs. A row of threads is as wide as a subgroup of 32, so that its lanes share the
 * first operand and with it one row of the table: on an H100 half as fast again as LARGE's outputs
 * on 16 x 16 threads.
 */
const LARGE: Tile = {threadsN: 32, threadsM: 8, columnsPerThread: 4, rowsPerThread: 8, depth: 8};
/** Below this many workgroups a large GPU has idle processors, and smaller tiles win. */
const ENOUGH_WORKGROUPS = 256;

/**
 * From square to thin. All fit WebGPU's default limits: 256 invocations and 16 KiB of workgroup
 * memory, of which a decoded operand takes 8 bytes.
 */
const TILES: readonly Tile[] = [
  LARGE,
  {threadsN: 16, threadsM: 16, columnsPerThread: 4, rowsPerThread: 4, depth: 16},
  {threadsN: 8, threadsM: 16, columnsPerThread: 4, rowsPerThread: 4, depth: 16},
  {threadsN: 8, threadsM: 8, columnsPerThread: 4, rowsPerThread: 4, depth: 16},
  {threadsN: 8, threadsM: 8, columnsPerThread: 2, rowsPerThread: 2, depth: 16},
  {threadsN: 4, threadsM: 32, columnsPerThread: 4, rowsPerThread: 3, depth: 16},
  {threadsN: 2, threadsM: 32, columnsPerThread: 3, rowsPerThread: 3, depth: 16},
  {threadsN: 1, threadsM: 64, columnsPerThread: 1, rowsPerThread: 1, depth: 16},
  {threadsN: 32, threadsM: 4, columnsPerThread: 3, rowsPerThread: 4, depth: 16},
  {threadsN: 32, threadsM: 2, columnsPerThread: 3, rowsPerThread: 3, depth: 16},
  {threadsN: 64, threadsM: 1, columnsPerThread: 1, rowsPerThread: 1, depth: 16},
];

/** What loading one operand costs, in products: a thread loads rows + columns per rows x columns products. */
const LOAD_COST = 1;

/**
 * The tile that wastes least: padded outputs weighted by their share of operand loads.
 *
 * @param sheets how many m x n outputs there are: batches times blocks of k.
 */
export function chooseTile(m: number, n: number, sheets: number): Tile {
  let best = TILES[1];
  let lowest = Infinity;
  for (const tile of TILES) {
    const rows = Math.ceil(m / rowsOf(tile)) * rowsOf(tile);
    const columns = Math.ceil(n / columnsOf(tile)) * columnsOf(tile);
    const loads = LOAD_COST / tile.rowsPerThread + LOAD_COST / tile.columnsPerThread;
    const workgroups = (sheets * rows * columns) / (rowsOf(tile) * columnsOf(tile));
    if (tile === LARGE && workgroups < ENOUGH_WORKGROUPS) continue;
    const cost = rows * columns * (1 + loads);
    if (cost < lowest) {
      lowest = cost;
      best = tile;
    }
  }
  return best;
}
