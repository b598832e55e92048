// SPDX-License-Identifier: Apache-2.0
// Gathering: reads a block of an operand through its address tables into dense memory, [k, lane] or [k]. Where
// neighbours lie side by side in the operand, along lanes or along k, whole vectors are moved.
#pragma once
#include "job.h"

INLINE int isRun(const i32 *offsets) {
  return offsets[1] == offsets[0] + 1 && offsets[2] == offsets[0] + 2 && offsets[3] == offsets[0] + 3;
}

#define SHUFFLE(a, b, ...) wasm_i32x4_shuffle(a, b, __VA_ARGS__)

// Four vectors as rows of a matrix become its columns.
INLINE void transpose(v128_t a, v128_t b, v128_t c, v128_t d, v128_t columns[4]) {
  v128_t ab = SHUFFLE(a, b, 0, 4, 1, 5), cd = SHUFFLE(c, d, 0, 4, 1, 5);
  v128_t ef = SHUFFLE(a, b, 2, 6, 3, 7), gh = SHUFFLE(c, d, 2, 6, 3, 7);
  columns[0] = wasm_i64x2_shuffle(ab, cd, 0, 2);
  columns[1] = wasm_i64x2_shuffle(ab, cd, 1, 3);
  columns[2] = wasm_i64x2_shuffle(ef, gh, 0, 2);
  columns[3] = wasm_i64x2_shuffle(ef, gh, 1, 3);
}

INLINE int areRun(const i32 *offsets, i32 count) {
  for (i32 l = 1; l < count; l++) {
    if (offsets[l] != offsets[0] + l) return 0;
  }
  return 1;
}

// Writes words [depth, stride]; lanes from `count` up to the next multiple of 4 read as 1.
NOINLINE void gatherLanes(const u32 *source, const i32 *laneX, i32 count, const i32 *laneK, i32 depth, u32 *words,
                          i32 stride) {
  // Row by row in one go, where all lanes lie side by side.
  if ((count & 3) == 0 && areRun(laneX, count)) {
    for (i32 k = 0; k < depth; k++, words += stride) {
      const u32 *from = source + laneX[0] + laneK[k];
      for (i32 lane = 0; lane < count; lane += 4) wasm_v128_store(words + lane, wasm_v128_load(from + lane));
    }
    return;
  }
  for (i32 lane = 0; lane < count; lane += 4) {
    u32 *to = words + lane;
    const i32 *x = laneX + lane;
    if (lane + 4 > count) {
      for (i32 k = 0; k < depth; k++, to += stride) {
        for (i32 l = 0; l < 4; l++) to[l] = lane + l < count ? source[laneK[k] + x[l]] : ONE;
      }
    } else if (isRun(x)) {
      const u32 *from = source + x[0];
      for (i32 k = 0; k < depth; k++, to += stride) wasm_v128_store(to, wasm_v128_load(from + laneK[k]));
    } else {
      const u32 *p0 = source + x[0], *p1 = source + x[1], *p2 = source + x[2], *p3 = source + x[3];
      for (i32 k = 0; k < depth;) {
        i32 at = laneK[k];
        if (k + 4 <= depth && isRun(laneK + k)) {
          v128_t ks[4];
          transpose(wasm_v128_load(p0 + at), wasm_v128_load(p1 + at), wasm_v128_load(p2 + at),
                    wasm_v128_load(p3 + at), ks);
          for (int l = 0; l < 4; l++) wasm_v128_store(to + l * stride, ks[l]);
          k += 4, to += 4 * stride;
        } else {
          to[0] = p0[at], to[1] = p1[at], to[2] = p2[at], to[3] = p3[at];
          k++, to += stride;
        }
      }
    }
  }
}

// Writes words [depth].
INLINE void gatherRow(const u32 *source, const i32 *rowK, i32 depth, u32 *words) {
  i32 k = 0;
  while (k + 4 <= depth) {
    if (isRun(rowK + k)) {
      wasm_v128_store(words + k, wasm_v128_load(source + rowK[k]));
    } else {
      for (i32 l = 0; l < 4; l++) words[k + l] = source[rowK[k + l]];
    }
    k += 4;
  }
  for (; k < depth; k++) words[k] = source[rowK[k]];
}
