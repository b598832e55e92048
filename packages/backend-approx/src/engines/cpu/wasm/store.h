// SPDX-License-Identifier: Apache-2.0
// The end of a contraction: block sums are added in ascending order, then bias and activation.
#pragma once
#include "job.h"

INLINE float activated(float x, i32 activation) {
  // NaN stays NaN.
  if (activation == LINEAR) return x;
  if (x < 0) return 0;
  return activation == RELU6 && x > 6 ? 6 : x;
}

INLINE void storeOne(const Job *job, i32 b, i32 row, i32 lane, float total) {
  if (job->bias) total += job->bias[job->biasB[b] + job->biasRow[row] + job->biasLane[lane]];
  job->output[job->outB[b] + job->outRow[row] + job->outLane[lane]] = activated(total, job->activation);
}

// Where a tile's sum of (row, lane) lies.
INLINE i32 sumAt(const Job *job, Tile tile, i32 row, i32 lane) {
  if (job->form == TABLE) return (row / 4 * ((tile.lanes + 3) & ~3) + lane) * 4 + row % 4;
  return (lane / 32 * tile.rows + row) * 32 + lane % 32;
}

NOINLINE void storeTile(const Job *job, Tile tile, const float *sums) {
  if (job->partials) {
    float *to = job->partials + (tile.block * job->batches + tile.b) * job->rows * job->lanes;
    for (i32 row = 0; row < tile.rows; row++) {
      float *toRow = to + (tile.row0 + row) * job->lanes + tile.lane0;
      for (i32 lane = 0; lane < tile.lanes; lane++) toRow[lane] = sums[sumAt(job, tile, row, lane)];
    }
    return;
  }
  for (i32 lane = 0; lane < tile.lanes; lane++) {
    for (i32 row = 0; row < tile.rows; row++) {
      storeOne(job, tile.b, tile.row0 + row, tile.lane0 + lane, sums[sumAt(job, tile, row, lane)]);
    }
  }
}

// Adds the blocks' sums of some rows of all lanes.
NOINLINE void reduceTile(const Job *job, Tile tile) {
  i32 size = job->batches * job->rows * job->lanes;
  for (i32 row = tile.row0; row < tile.row0 + tile.rows; row++) {
    const float *from = job->partials + (tile.b * job->rows + row) * job->lanes;
    for (i32 lane = tile.lane0; lane < tile.lane0 + tile.lanes; lane++) {
      float total = 0;
      for (i32 block = 0; block < job->blocks; block++) total += from[block * size + lane];
      storeOne(job, tile.b, row, lane, total);
    }
  }
}
