// SPDX-License-Identifier: Apache-2.0
// Products without a table: native ones and those by addition of bit patterns.
//
// A panel of 32 lanes is gathered for a run of k and stays in the first-level cache while every row of the
// tile passes over it: for each k, one operand of the row meets all lanes, whose sums are in registers. Zeros of
// a row are left out, as adding a zero changes no sum that starts from +0.
#pragma once
#include "gather.h"
#include "job.h"

#define DEPTH 128
#define PANEL 32
#define PANEL_WORDS (DEPTH * PANEL)

typedef struct {
  // What enters the product.
  u32 values[PANEL_WORDS];
  // logAdd with an offset: sign and exponent.
  u32 scales[PANEL_WORDS];
  // logAdd: which bits of the product to keep, none for a zero.
  u32 masks[PANEL_WORDS];
  // The rounded operands, where they are not themselves what enters the product.
  u32 others[PANEL_WORDS];
  u32 *words;
  Exponents exponents;
  i32 masked;
} Panel;

// One row's non-zero operands in a run of k.
typedef struct {
  Exponents exponents;
  i32 count;
  i32 unused;
  u32 values[DEPTH];
  // logAdd with an offset: sign and exponent of the offset's product.
  u32 offsets[DEPTH];
  // Byte offset of k in a panel; its lowest bit is set where the offset may have to be left out.
  u32 at[DEPTH];
} RowList;

typedef struct {
  Panel panel;
  u32 words[DEPTH];
  // RowList[rowTile], then float sums[laneTile / PANEL][rowTile][PANEL].
} LaneWorkspace;

INLINE u32 preparedSignificand(u32 word, const float *significands, i32 m) {
  union {
    u32 bits;
    float value;
  } x = {.bits = word & SIGN_AND_EXPONENT};
  x.value *= significands[(word & 0x7fffff) >> (23 - m)];
  return x.bits;
}

NOINLINE void preparePanel(const Job *job, Panel *panel, i32 vectors, i32 depth) {
  ExponentVectors seen = noExponentVectors();
  v128_t zeros = wasm_i32x4_splat(0);
  const v128_t lowestBit = wasm_i32x4_splat(job->lowestBit);
  const v128_t cut = wasm_i32x4_splat(job->cut);
  const v128_t top = wasm_i32x4_splat(SIGN_AND_EXPONENT);
  const int isLog = job->form == LOG_ADD;
  const int isSeparate = panel->words != panel->values;
  const float *significands = job->laneSignificands;
  for (i32 k = 0; k < depth; k++) {
    for (i32 v = 0; v < vectors; v++) {
      i32 e = k * PANEL + v * 4;
      v128_t word = wasm_v128_load(panel->words + e);
      v128_t zero = noteExponents(&seen, word);
      if (isLog) {
        zeros = wasm_v128_or(zeros, zero);
        if (isSeparate) wasm_v128_store(panel->values + e, wasm_v128_or(word, lowestBit));
        wasm_v128_store(panel->scales + e, wasm_v128_and(word, top));
        wasm_v128_store(panel->masks + e, wasm_v128_andnot(cut, zero));
      } else if (significands) {
        for (i32 l = e; l < e + 4; l++) {
          panel->values[l] = preparedSignificand(panel->words[l], significands, job->mantissaBits);
        }
      }
    }
  }
  panel->exponents = exponentsOf(seen, job->lowestLane, job->highestLane);
  panel->masked = job->cut != 0xffffffffu || (isLog && wasm_v128_any_true(zeros));
}

NOINLINE void prepareRow(const Job *job, u32 *words, i32 depth, RowList *list) {
  ExponentVectors seen = noExponentVectors();
  v128_t zeros = wasm_i32x4_splat(0);
  i32 vectors = (depth + 3) / 4;
  for (i32 k = depth; k < vectors * 4; k++) words[k] = ONE;
  for (i32 v = 0; v < vectors; v++) {
    zeros = wasm_v128_or(zeros, noteExponents(&seen, wasm_v128_load(words + v * 4)));
  }
  list->exponents = exponentsOf(seen, job->lowestRow, job->highestRow);
  const int isLog = job->form == LOG_ADD;
  const int keepsZeros = job->exact || !wasm_v128_any_true(zeros);
  const float *significands = job->rowSignificands;
  i32 count = 0;
  for (i32 k = 0; k < depth; k++) {
    u32 word = words[k];
    u32 at = k * PANEL * sizeof(u32);
    if (isLog) {
      u32 value = word | job->lowestBit;
      list->values[count] = value + job->rowAdd;
      list->offsets[count] = (word & SIGN_AND_EXPONENT) + job->offsetAdd;
      list->at[count] = at | ((i32)(value & 0x7fffff) >= job->checkFrom);
    } else {
      list->values[count] =
          significands ? preparedSignificand(word, significands, job->mantissaBits) : word;
      list->at[count] = at;
    }
    count += keepsZeros || (word & EXPONENT) != 0;
  }
  list->count = count;
}

#define LOAD(array) wasm_v128_load((const char *)(array) + at + v * 16)

// Adds one row's products with `vectors` * 4 lanes to their sums, k by k.
INLINE void addRow(const Job *job, const RowList *list, const Panel *panel, float *sums, const int vectors,
                   const int form, const int masked, const int hasOffset) {
  v128_t sum[8];
  for (int v = 0; v < vectors; v++) sum[v] = wasm_v128_load(sums + v * 4);
  const v128_t cut = wasm_i32x4_splat(job->cut);
  const i32 count = list->count;
  for (i32 e = 0; e < count; e++) {
    u32 at = list->at[e];
    v128_t a = wasm_v128_load32_splat(list->values + e);
    if (form == NATIVE) {
      for (int v = 0; v < vectors; v++) {
        v128_t product = wasm_f32x4_mul(a, LOAD(panel->values));
        if (masked) product = wasm_v128_and(product, cut);
        sum[v] = wasm_f32x4_add(sum[v], product);
      }
      continue;
    }
    if (!hasOffset) {
      at &= ~1u;
      for (int v = 0; v < vectors; v++) {
        v128_t product = wasm_i32x4_add(a, LOAD(panel->values));
        if (masked) product = wasm_v128_and(product, LOAD(panel->masks));
        sum[v] = wasm_f32x4_add(sum[v], product);
      }
      continue;
    }
    v128_t o = wasm_v128_load32_splat(list->offsets + e);
    if (!(at & 1)) {
      for (int v = 0; v < vectors; v++) {
        v128_t log = wasm_i32x4_add(a, LOAD(panel->values));
        v128_t product = wasm_f32x4_add(log, wasm_i32x4_add(o, LOAD(panel->scales)));
        if (masked) product = wasm_v128_and(product, LOAD(panel->masks));
        sum[v] = wasm_f32x4_add(sum[v], product);
      }
      continue;
    }
    at &= ~1u;
    const v128_t limit = wasm_i32x4_splat(job->keepBelow);
    for (int v = 0; v < vectors; v++) {
      v128_t log = wasm_i32x4_add(a, LOAD(panel->values));
      v128_t offset = wasm_i32x4_add(o, LOAD(panel->scales));
      v128_t kept = wasm_i32x4_lt(wasm_i32x4_sub(log, offset), limit);
      v128_t product = wasm_f32x4_add(log, wasm_v128_and(offset, kept));
      if (masked) product = wasm_v128_and(product, LOAD(panel->masks));
      sum[v] = wasm_f32x4_add(sum[v], product);
    }
  }
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + v * 4, sum[v]);
}

// Products that may over- or underflow or meet infinity or NaN: rounded left to right, from the table.
NOINLINE void addRowCarefully(const Job *job, const u32 *source, const i32 *rowK, i32 depth, const Panel *panel,
                              float *sums, i32 vectors) {
  const i32 m = job->mantissaBits;
  for (i32 k = 0; k < depth; k++) {
    u32 word = source[rowK[k]];
    int isNan = (word & 0x7fffffff) > EXPONENT;
    v128_t a = wasm_i32x4_splat(isNan ? word : word & SIGN_AND_EXPONENT);
    const float *row = job->table + (((word & 0x7fffff) >> (23 - m)) << m);
    for (i32 v = 0; v < vectors; v++) {
      const u32 *lanes = panel->words + k * PANEL + v * 4;
      v128_t b = wasm_v128_load(lanes);
      v128_t magnitude = wasm_v128_and(b, wasm_i32x4_splat(0x7fffffff));
      v128_t nan = wasm_i32x4_gt(magnitude, wasm_i32x4_splat(EXPONENT));
      b = wasm_v128_and(b, wasm_v128_or(nan, wasm_i32x4_splat(SIGN_AND_EXPONENT)));
      v128_t scale = wasm_f32x4_mul(a, b);
      if (job->normalised) {
        v128_t small = wasm_f32x4_lt(wasm_f32x4_abs(scale), wasm_f32x4_splat(0x1p-126f));
        scale = wasm_v128_andnot(scale, small);
      }
      v128_t significand = wasm_f32x4_make(
          row[(lanes[0] & 0x7fffff) >> (23 - m)], row[(lanes[1] & 0x7fffff) >> (23 - m)],
          row[(lanes[2] & 0x7fffff) >> (23 - m)], row[(lanes[3] & 0x7fffff) >> (23 - m)]);
      v128_t product = wasm_f32x4_mul(scale, significand);
      wasm_v128_store(sums + v * 4, wasm_f32x4_add(wasm_v128_load(sums + v * 4), product));
    }
  }
}

// All rows of a tile with one panel.
INLINE void addRows(const Job *job, Tile tile, i32 k0, i32 depth, const RowList *lists, const Panel *panel,
                    float *sums, const int vectors, const int form, const int masked, const int hasOffset) {
  const u32 *source = job->rowSource + job->rowB[tile.b];
  for (i32 r = 0; r < tile.rows; r++, sums += PANEL) {
    if (fits(job, lists[r].exponents, panel->exponents)) {
      addRow(job, lists + r, panel, sums, vectors, form, masked, hasOffset);
    } else {
      const u32 *row = source + job->rowX[tile.row0 + r];
      addRowCarefully(job, row, job->rowK + k0, depth, panel, sums, vectors);
    }
  }
}

// Each loop is a function of its own, so that compilers of WebAssembly keep its sums in registers.
#define DEFINE(name, vectors, form, masked, hasOffset)                                                    \
  NOINLINE void name##vectors(const Job *job, Tile tile, i32 k0, i32 depth, const RowList *lists,         \
                              const Panel *panel, float *sums) {                                          \
    addRows(job, tile, k0, depth, lists, panel, sums, vectors, form, masked, hasOffset);                  \
  }
#define DEFINE_FORMS(vectors)                      \
  DEFINE(native, vectors, NATIVE, 0, 0)            \
  DEFINE(nativeCut, vectors, NATIVE, 1, 0)         \
  DEFINE(logAdd, vectors, LOG_ADD, 0, 0)           \
  DEFINE(logAddMasked, vectors, LOG_ADD, 1, 0)     \
  DEFINE(logAddOffset, vectors, LOG_ADD, 0, 1)     \
  DEFINE(logAddOffsetMasked, vectors, LOG_ADD, 1, 1)
DEFINE_FORMS(1)
DEFINE_FORMS(2)
DEFINE_FORMS(3)
DEFINE_FORMS(4)
DEFINE_FORMS(5)
DEFINE_FORMS(6)
DEFINE_FORMS(7)
DEFINE_FORMS(8)

#define CALL(name, vectors) name##vectors(job, tile, k0, depth, lists, panel, sums)
#define BY_FORM(vectors)                                              \
  case vectors:                                                       \
    if (job->form == NATIVE) {                                        \
      if (panel->masked) CALL(nativeCut, vectors);                    \
      else CALL(native, vectors);                                     \
    } else if (job->offsetAdd) {                                      \
      if (panel->masked) CALL(logAddOffsetMasked, vectors);           \
      else CALL(logAddOffset, vectors);                               \
    } else {                                                          \
      if (panel->masked) CALL(logAddMasked, vectors);                 \
      else CALL(logAdd, vectors);                                     \
    }                                                                 \
    break

// Sums of a tile, [lane / PANEL, row, PANEL].
NOINLINE float *sumByLanes(const Job *job, Tile tile, LaneWorkspace *work) {
  RowList *lists = (RowList *)(work + 1);
  float *tileSums = (float *)(lists + job->rowTile);
  Panel *panel = &work->panel;
  panel->words = job->laneSignificands || job->lowestBit ? panel->others : panel->values;
  i32 panels = (tile.lanes + PANEL - 1) / PANEL;
  __builtin_memset(tileSums, 0, panels * tile.rows * PANEL * sizeof(float));
  const u32 *rowSource = job->rowSource + job->rowB[tile.b];
  const u32 *laneSource = job->laneSource + job->laneB[tile.b];
  for (i32 k0 = tile.k0; k0 < tile.k1; k0 += DEPTH) {
    i32 depth = min(DEPTH, tile.k1 - k0);
    for (i32 r = 0; r < tile.rows; r++) {
      gatherRow(rowSource + job->rowX[tile.row0 + r], job->rowK + k0, depth, work->words);
      prepareRow(job, work->words, depth, lists + r);
    }
    float *sums = tileSums;
    for (i32 p = 0; p < panels; p++, sums += tile.rows * PANEL) {
      i32 lane0 = p * PANEL;
      i32 lanes = min(PANEL, tile.lanes - lane0);
      i32 vectors = (lanes + 3) / 4;
      gatherLanes(laneSource, job->laneX + tile.lane0 + lane0, lanes, job->laneK + k0, depth, panel->words,
                  PANEL);
      preparePanel(job, panel, vectors, depth);
      switch (vectors) {
        BY_FORM(1);
        BY_FORM(2);
        BY_FORM(3);
        BY_FORM(4);
        BY_FORM(5);
        BY_FORM(6);
        BY_FORM(7);
        BY_FORM(8);
      }
    }
  }
  return tileSums;
}
