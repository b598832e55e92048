// SPDX-License-Identifier: Apache-2.0
// Products from the table, four rows at a time: the vector's lanes are four rows, and one operand of a lane of the
// tile meets all four.
//
// Over many lanes the four table rows that belong to a k are first interleaved and scaled, so that one
// vector load looks up four products. Over few lanes the four are looked up one by one.
#pragma once
#include "gather.h"
#include "job.h"

// A multiple of 4.
#define TABLE_DEPTH 16
#define GROUP 4

// Four rows in a run of k.
typedef struct {
  Exponents exponents;
  i32 unused[2];
  // Operands with their fractions cleared, NaN kept.
  u32 scales[TABLE_DEPTH][GROUP];
  // Where in the table their rows start.
  i32 rows[TABLE_DEPTH][GROUP];
} RowGroup;

typedef struct {
  u32 words[GROUP][TABLE_DEPTH];
  // RowGroup[rowTile / 4], u32 scales[TABLE_DEPTH][laneTile], u16 indices[TABLE_DEPTH][laneTile],
  // v128_t products[4][2^m], float sums[rowTile / 4][laneTile][4].
} TableWorkspace;

INLINE v128_t scaleOf(v128_t word) {
  v128_t magnitude = wasm_v128_and(word, wasm_i32x4_splat(0x7fffffff));
  v128_t nan = wasm_i32x4_gt(magnitude, wasm_i32x4_splat(EXPONENT));
  return wasm_v128_and(word, wasm_v128_or(nan, wasm_i32x4_splat(SIGN_AND_EXPONENT)));
}

// Splits words [depth, stride], in place, into scales and indices << shift.
NOINLINE Exponents splitLanes(const Job *job, u32 *scales, u16 *indices, i32 lanes, i32 stride, i32 depth,
                              i32 shift) {
  ExponentVectors seen = noExponentVectors();
  i32 m = job->mantissaBits;
  v128_t fraction = wasm_i32x4_splat(0x7fffff);
  for (i32 k = 0; k < depth; k++) {
    for (i32 e = k * stride; e < k * stride + lanes; e += 4) {
      v128_t word = wasm_v128_load(scales + e);
      noteExponents(&seen, word);
      v128_t index = wasm_i32x4_shl(wasm_u32x4_shr(wasm_v128_and(word, fraction), 23 - m), shift);
      wasm_v128_store64_lane(indices + e, wasm_u16x8_narrow_i32x4(index, index), 0);
      wasm_v128_store(scales + e, scaleOf(word));
    }
  }
  return exponentsOf(seen, job->lowestLane, job->highestLane);
}

NOINLINE void prepareGroup(const Job *job, Tile tile, i32 row, i32 k0, i32 depth, TableWorkspace *work,
                           RowGroup *group) {
  ExponentVectors seen = noExponentVectors();
  const u32 *source = job->rowSource + job->rowB[tile.b];
  i32 m = job->mantissaBits;
  for (i32 r = 0; r < GROUP; r++) {
    u32 *words = work->words[r];
    if (row + r < tile.rows) {
      gatherRow(source + job->rowX[tile.row0 + row + r], job->rowK + k0, depth, words);
    } else {
      for (i32 k = 0; k < depth; k++) words[k] = 0;
    }
  }
  for (i32 k = 0; k < depth; k++) {
    v128_t word = wasm_u32x4_make(work->words[0][k], work->words[1][k], work->words[2][k], work->words[3][k]);
    noteExponents(&seen, word);
    wasm_v128_store(group->scales[k], scaleOf(word));
    v128_t index = wasm_u32x4_shr(wasm_v128_and(word, wasm_i32x4_splat(0x7fffff)), 23 - m);
    wasm_v128_store(group->rows[k], wasm_i32x4_shl(index, m));
  }
  group->exponents = exponentsOf(seen, job->lowestRow, job->highestRow);
}

// products[j] = the four rows' scaled table entries of column j.
INLINE void interleave(const Job *job, const RowGroup *group, i32 k, float *products) {
  i32 n = 1 << job->mantissaBits;
  const float *t0 = job->table + group->rows[k][0], *t1 = job->table + group->rows[k][1];
  const float *t2 = job->table + group->rows[k][2], *t3 = job->table + group->rows[k][3];
  v128_t scale = wasm_v128_load(group->scales[k]);
  if (n < 4) {
    for (i32 j = 0; j < n; j++) {
      v128_t column = wasm_f32x4_make(t0[j], t1[j], t2[j], t3[j]);
      wasm_v128_store(products + 4 * j, wasm_f32x4_mul(scale, column));
    }
    return;
  }
  for (i32 j = 0; j < n; j += 4) {
    v128_t columns[4];
    transpose(wasm_v128_load(t0 + j), wasm_v128_load(t1 + j), wasm_v128_load(t2 + j), wasm_v128_load(t3 + j),
              columns);
    for (int l = 0; l < 4; l++) {
      wasm_v128_store(products + 4 * (j + l), wasm_f32x4_mul(scale, columns[l]));
    }
  }
}

#define LOOK_UP(products, k) \
  wasm_f32x4_mul(wasm_v128_load((const char *)(products) + indices[(k) * stride + e]), \
                 wasm_v128_load32_splat(scales + (k) * stride + e))

NOINLINE void addInterleaved(const Job *job, const RowGroup *group, const u32 *scales, const u16 *indices,
                             i32 lanes, i32 stride, i32 depth, float *products, float *sums) {
  i32 size = 4 << job->mantissaBits;
  float *p1 = products + size, *p2 = products + 2 * size, *p3 = products + 3 * size;
  i32 k = 0;
  for (; k + 4 <= depth; k += 4, scales += 4 * stride, indices += 4 * stride) {
    interleave(job, group, k, products);
    interleave(job, group, k + 1, p1);
    interleave(job, group, k + 2, p2);
    interleave(job, group, k + 3, p3);
    for (i32 e = 0; e < lanes; e++) {
      v128_t sum = wasm_v128_load(sums + 4 * e);
      sum = wasm_f32x4_add(sum, LOOK_UP(products, 0));
      sum = wasm_f32x4_add(sum, LOOK_UP(p1, 1));
      sum = wasm_f32x4_add(sum, LOOK_UP(p2, 2));
      sum = wasm_f32x4_add(sum, LOOK_UP(p3, 3));
      wasm_v128_store(sums + 4 * e, sum);
    }
  }
  for (; k < depth; k++, scales += stride, indices += stride) {
    interleave(job, group, k, products);
    for (i32 e = 0; e < lanes; e++) {
      v128_t sum = wasm_v128_load(sums + 4 * e);
      wasm_v128_store(sums + 4 * e, wasm_f32x4_add(sum, LOOK_UP(products, 0)));
    }
  }
}

// One by one; `careful` where products may over- or underflow or meet infinity or NaN: rounded left to right.
INLINE void addSingly(const Job *job, const RowGroup *group, const u32 *scales, const u16 *indices, i32 lanes,
                      i32 stride, i32 depth, float *sums, const int careful) {
  for (i32 k = 0; k < depth; k++, scales += stride, indices += stride) {
    const float *t0 = job->table + group->rows[k][0], *t1 = job->table + group->rows[k][1];
    const float *t2 = job->table + group->rows[k][2], *t3 = job->table + group->rows[k][3];
    const v128_t rows = wasm_v128_load(group->scales[k]);
    for (i32 e = 0; e < lanes; e++) {
      i32 j = indices[e];
      v128_t scale = wasm_f32x4_mul(rows, wasm_v128_load32_splat(scales + e));
      if (careful && job->normalised) {
        v128_t small = wasm_f32x4_lt(wasm_f32x4_abs(scale), wasm_f32x4_splat(0x1p-126f));
        scale = wasm_v128_andnot(scale, small);
      }
      v128_t significand = wasm_v128_load32_zero(t0 + j);
      significand = wasm_v128_load32_lane(t1 + j, significand, 1);
      significand = wasm_v128_load32_lane(t2 + j, significand, 2);
      significand = wasm_v128_load32_lane(t3 + j, significand, 3);
      v128_t product = wasm_f32x4_mul(scale, significand);
      wasm_v128_store(sums + 4 * e, wasm_f32x4_add(wasm_v128_load(sums + 4 * e), product));
    }
  }
}

NOINLINE void addFew(const Job *job, const RowGroup *group, const u32 *scales, const u16 *indices, i32 lanes,
                     i32 stride, i32 depth, float *sums) {
  addSingly(job, group, scales, indices, lanes, stride, depth, sums, 0);
}

NOINLINE void addCarefully(const Job *job, const RowGroup *group, const u32 *scales, const u16 *indices,
                           i32 lanes, i32 stride, i32 depth, float *sums) {
  addSingly(job, group, scales, indices, lanes, stride, depth, sums, 1);
}

// Sums of a tile, [row / 4, lane, 4].
NOINLINE float *sumByTable(const Job *job, Tile tile, TableWorkspace *work) {
  i32 groups = (tile.rows + GROUP - 1) / GROUP;
  i32 stride = (tile.lanes + 3) & ~3;
  RowGroup *group = (RowGroup *)(work + 1);
  u32 *scales = (u32 *)(group + (job->rowTile + GROUP - 1) / GROUP);
  u16 *indices = (u16 *)(scales + TABLE_DEPTH * stride);
  float *products = (float *)(indices + TABLE_DEPTH * stride);
  float *tileSums = products + 4 * (4 << job->mantissaBits);
  // Interleaving costs about as much as one look-up for each of 0.7 * 2^m lanes saves.
  int many = 10 * tile.lanes >= 7 << job->mantissaBits;
  __builtin_memset(tileSums, 0, groups * stride * GROUP * sizeof(float));
  const u32 *laneSource = job->laneSource + job->laneB[tile.b];
  for (i32 k0 = tile.k0; k0 < tile.k1; k0 += TABLE_DEPTH) {
    i32 depth = min(TABLE_DEPTH, tile.k1 - k0);
    gatherLanes(laneSource, job->laneX + tile.lane0, tile.lanes, job->laneK + k0, depth, scales, stride);
    // An interleaved column is four times as wide as a table entry.
    Exponents laneExponents = splitLanes(job, scales, indices, tile.lanes, stride, depth, many ? 4 : 0);
    float *sums = tileSums;
    for (i32 g = 0; g < groups; g++, sums += stride * GROUP) {
      prepareGroup(job, tile, g * GROUP, k0, depth, work, group);
      int fast = fits(job, group->exponents, laneExponents);
      if (fast && many) {
        addInterleaved(job, group, scales, indices, tile.lanes, stride, depth, products, sums);
      } else if (fast) {
        addFew(job, group, scales, indices, tile.lanes, stride, depth, sums);
      } else {
        if (many) for (i32 e = 0; e < depth * stride; e++) indices[e] >>= 4;
        addCarefully(job, group, scales, indices, tile.lanes, stride, depth, sums);
        if (many) for (i32 e = 0; e < depth * stride; e++) indices[e] <<= 4;
      }
    }
  }
  return tileSums;
}
