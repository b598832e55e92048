// SPDX-License-Identifier: Apache-2.0
// The end of a contraction: block sums are added in ascending order, then bias and activation.
#pragma once
#include "gather.h"
#include "lane-loops.h"
#include "table-loops.h"

// NaN stays NaN.
INLINE v128_t activated(v128_t x, i32 activation) {
  if (activation == LINEAR) return x;
  x = wasm_v128_andnot(x, wasm_f32x4_lt(x, wasm_f32x4_splat(0)));
  const v128_t six = wasm_f32x4_splat(6);
  return activation == RELU6 ? wasm_v128_bitselect(six, x, wasm_f32x4_gt(x, six)) : x;
}

// Writes the totals of up to 4 lanes of a row.
INLINE void storeLanes(const Job *job, i32 b, i32 row, i32 lane, i32 count, v128_t total) {
  const i32 *to = job->outLane + lane;
  if (job->bias) {
    const float *bias = job->bias + job->biasB[b] + job->biasRow[row];
    const i32 *from = job->biasLane + lane;
    float values[4] = {0};
    for (i32 l = 0; l < count; l++) values[l] = bias[from[l]];
    total = wasm_f32x4_add(total, wasm_v128_load(values));
  }
  total = activated(total, job->activation);
  float *output = job->output + job->outB[b] + job->outRow[row];
  if (count == 4 && isRun(to)) {
    wasm_v128_store(output + to[0], total);
    return;
  }
  output[to[0]] = wasm_f32x4_extract_lane(total, 0);
  if (count > 1) output[to[1]] = wasm_f32x4_extract_lane(total, 1);
  if (count > 2) output[to[2]] = wasm_f32x4_extract_lane(total, 2);
  if (count > 3) output[to[3]] = wasm_f32x4_extract_lane(total, 3);
}

// The sums of up to 4 lanes of a row are the end of a tile without blocks, or go to the other blocks' sums.
INLINE void finishLanes(const Job *job, Tile tile, i32 row, i32 lane, v128_t sum) {
  i32 count = min(4, tile.lanes - lane);
  row += tile.row0;
  lane += tile.lane0;
  if (!job->partials) {
    storeLanes(job, tile.b, row, lane, count, sum);
    return;
  }
  float *to = job->partials + ((tile.block * job->batches + tile.b) * job->rows + row) * job->lanes + lane;
  float values[4];
  wasm_v128_store(values, sum);
  for (i32 l = 0; l < count; l++) to[l] = values[l];
}

// Where the lanes of a panel go, and what is added to them.
typedef struct {
  // Whether the outputs lie side by side, and there are whole vectors of them.
  int isRun;
  // Elements from one lane's bias to that of the next: 0 or 1.
  i32 biasStep;
} Ending;

NOINLINE Ending endingOf(const Job *job, i32 lane, i32 count) {
  Ending ending = {!job->partials && (count & 3) == 0 && areRun(job->outLane + lane, count), 0};
  if (!job->bias || !ending.isRun) return ending;
  const i32 *bias = job->biasLane + lane;
  ending.biasStep = count > 1 ? bias[1] - bias[0] : 0;
  ending.isRun = ending.biasStep == 0 || ending.biasStep == 1;
  for (i32 l = 1; l < count; l++) ending.isRun &= bias[l] - bias[l - 1] == ending.biasStep;
  return ending;
}

// Writes the totals of lanes of a row whose outputs are a run.
INLINE void storeRun(const Job *job, Ending ending, i32 b, i32 row, i32 lane, i32 count, const float *sums) {
  float *to = job->output + job->outB[b] + job->outRow[row] + job->outLane[lane];
  const float *bias = job->bias ? job->bias + job->biasB[b] + job->biasRow[row] + job->biasLane[lane] : 0;
  for (i32 l = 0; l < count; l += 4) {
    v128_t total = wasm_v128_load(sums + l);
    if (bias) {
      v128_t added = ending.biasStep ? wasm_v128_load(bias + l) : wasm_v128_load32_splat(bias);
      total = wasm_f32x4_add(total, added);
    }
    wasm_v128_store(to + l, activated(total, job->activation));
  }
}

NOINLINE void finishTile(const Job *job, Tile tile, const float *sums) {
  if (job->form != TABLE) {
    for (i32 lane0 = 0; lane0 < tile.lanes; lane0 += PANEL) {
      i32 end = min(lane0 + PANEL, tile.lanes);
      const Ending ending = endingOf(job, tile.lane0 + lane0, end - lane0);
      for (i32 row = 0; row < tile.rows; row++, sums += PANEL) {
        if (ending.isRun) {
          storeRun(job, ending, tile.b, tile.row0 + row, tile.lane0 + lane0, end - lane0, sums);
          continue;
        }
        for (i32 lane = lane0; lane < end; lane += 4) {
          finishLanes(job, tile, row, lane, wasm_v128_load(sums + lane - lane0));
        }
      }
    }
    return;
  }
  i32 stride = (tile.lanes + 3) & ~3;
  for (i32 lane = 0; lane < tile.lanes; lane += 4) {
    for (i32 row = 0; row < tile.rows; row += GROUP) {
      const float *from = sums + (row / GROUP * stride + lane) * GROUP;
      v128_t sum[4];
      transpose(wasm_v128_load(from), wasm_v128_load(from + 4), wasm_v128_load(from + 8),
                wasm_v128_load(from + 12), sum);
      i32 rows = min(GROUP, tile.rows - row);
      finishLanes(job, tile, row, lane, sum[0]);
      if (rows > 1) finishLanes(job, tile, row + 1, lane, sum[1]);
      if (rows > 2) finishLanes(job, tile, row + 2, lane, sum[2]);
      if (rows > 3) finishLanes(job, tile, row + 3, lane, sum[3]);
    }
  }
}

// Adds the blocks' sums of some rows and lanes. The last vector may read what follows the sums.
NOINLINE void reduceTile(const Job *job, Tile tile) {
  i32 size = job->batches * job->rows * job->lanes;
  for (i32 row = tile.row0; row < tile.row0 + tile.rows; row++) {
    for (i32 lane = tile.lane0; lane < tile.lane0 + tile.lanes; lane += 4) {
      const float *from = job->partials + (tile.b * job->rows + row) * job->lanes + lane;
      v128_t total = wasm_f32x4_splat(0);
      for (i32 block = 0; block < job->blocks; block++, from += size) {
        total = wasm_f32x4_add(total, wasm_v128_load(from));
      }
      storeLanes(job, tile.b, row, lane, min(4, tile.lane0 + tile.lanes - lane), total);
    }
  }
}
