// SPDX-License-Identifier: Apache-2.0
/** How a contraction is cut into tiles, which never changes a bit of the result. */

export interface Tiles {
  readonly rowTile: number;
  readonly laneTile: number;
  readonly rowTiles: number;
  readonly laneTiles: number;
}

export interface TileLimits {
  readonly mostRows: number;
  readonly mostLanes: number;
  /** Sums of a tile, which are to stay in the second-level cache. */
  readonly mostSums: number;
  /** Fewer lanes are not worth what a tile prepares once. */
  readonly fewestLanes: number;
}

/** Lanes of one panel of the loops without a table. */
const LANES_GRANULE = 32;
const ROWS_GRANULE = 4;
/** Tiles per thread, so that threads end at about the same time. */
const TILES_PER_THREAD = 2;

/** @param copies independent sets of rows x lanes: batches and blocks of k. */
export function tilesOf(
  rows: number,
  lanes: number,
  copies: number,
  threads: number,
  {mostRows, mostLanes, mostSums, fewestLanes}: TileLimits,
): Tiles {
  let rowTiles = Math.ceil(rows / mostRows);
  const rowTile = () => even(rows, rowTiles, ROWS_GRANULE);
  const most = Math.max(LANES_GRANULE, Math.min(mostLanes, Math.floor(mostSums / rowTile())));
  let laneTiles = Math.ceil(lanes / (most - (most % LANES_GRANULE)));
  const laneTile = () => even(lanes, laneTiles, LANES_GRANULE);
  const wanted = threads === 1 ? 1 : threads * TILES_PER_THREAD;
  while (copies * rowTiles * laneTiles < wanted) {
    if (laneTile() >= 2 * fewestLanes) laneTiles *= 2;
    else if (rowTile() > 2 * ROWS_GRANULE) rowTiles *= 2;
    else break;
  }
  const sizes = {rowTile: rowTile(), laneTile: laneTile()};
  return {
    ...sizes,
    rowTiles: Math.ceil(rows / sizes.rowTile),
    laneTiles: Math.ceil(lanes / sizes.laneTile),
  };
}

/** The size of `count` parts of `total`, as equal as a granule allows. */
function even(total: number, count: number, granule: number): number {
  return Math.min(total, Math.ceil(total / count / granule) * granule);
}
