// SPDX-License-Identifier: Apache-2.0
// The module's work: threads take tiles of a job until none is left.
#include "job.h"
#include "lane-loops.h"
#include "round.h"
#include "store.h"
#include "table-loops.h"

// The tiles that are left are counted down to 0; a count at or below 0 belongs to no job.
INLINE i32 take(i32 *left) { return __atomic_fetch_sub(left, 1, __ATOMIC_SEQ_CST) - 1; }

// A thread that comes late may find the next job: all of it, the workspace too, is read after a tile is taken.
__attribute__((export_name("work"))) void work(const Job *job, i32 *left, void *const *workspaceAt) {
  for (i32 at = take(left); at >= 0; at = take(left)) {
    if (job->phase == ROUND) {
      roundChunk(job, at);
      continue;
    }
    void *workspace = *workspaceAt;
    Tile tile;
    i32 rowTile = at % job->rowTiles, rest = at / job->rowTiles;
    i32 laneTile = rest % job->laneTiles;
    rest /= job->laneTiles;
    tile.b = rest % job->batches;
    tile.block = rest / job->batches;
    tile.row0 = rowTile * job->rowTile;
    tile.rows = min(job->rowTile, job->rows - tile.row0);
    tile.lane0 = laneTile * job->laneTile;
    tile.lanes = min(job->laneTile, job->lanes - tile.lane0);
    tile.k0 = tile.block * job->blockSize;
    tile.k1 = min(job->k, tile.k0 + job->blockSize);
    if (job->phase == REDUCE) reduceTile(job, tile);
    else if (job->form == TABLE) finishTile(job, tile, sumByTable(job, tile, workspace));
    else finishTile(job, tile, sumByLanes(job, tile, workspace));
  }
}

// Bytes of a thread's workspace for tiles of this size.
__attribute__((export_name("workspaceSize"))) i32 workspaceSize(i32 form, i32 rowTile, i32 laneTile,
                                                                i32 mantissaBits) {
  if (form == TABLE) {
    i32 groups = (rowTile + GROUP - 1) / GROUP, lanes = (laneTile + 3) & ~3;
    return sizeof(TableWorkspace) + groups * sizeof(RowGroup) + TABLE_DEPTH * lanes * 6 +
           4 * (16 << mantissaBits) + groups * lanes * 16;
  }
  i32 panels = (laneTile + PANEL - 1) / PANEL;
  return sizeof(LaneWorkspace) + rowTile * sizeof(RowList) + panels * rowTile * PANEL * 4;
}

__attribute__((export_name("jobSize"))) i32 jobSize(void) { return sizeof(Job); }
