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
  i32 zeros = 0;
  i32 vectors = (depth + 3) / 4;
  for (i32 k = depth; k < vectors * 4; k++) words[k] = ONE;
  for (i32 v = 0; v < vectors; v++) {
    zeros += __builtin_popcount(wasm_i32x4_bitmask(noteExponents(&seen, wasm_v128_load(words + v * 4))));
  }
  list->exponents = exponentsOf(seen, job->lowestRow, job->highestRow);
  const int isLog = job->form == LOG_ADD;
  // Two rows at a time are quicker than one without its zeros, if those are few; a logarithm cannot hold one.
  const int keepsZeros = job->exact || zeros == 0 || (!isLog && 5 * zeros < depth);
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

// Where the arrays of a panel begin, from its first one on.
#define SCALES (PANEL_WORDS * 4)
#define MASKS (PANEL_WORDS * 8)
#define LOAD(array) wasm_v128_load(lanes + at + array + v * 16)

// Adds one row's products with `vectors` * 4 lanes to their sums, k by k.
INLINE void addRow(const Job *job, const RowList *list, const char *lanes, float *sums, const int vectors,
                   const int form, const int masked, const int hasOffset) {
  v128_t sum[8];
  for (int v = 0; v < vectors; v++) sum[v] = wasm_v128_load(sums + v * 4);
  const v128_t cut = wasm_i32x4_splat(job->cut);
  const v128_t limit = wasm_i32x4_splat(job->keepBelow);
  const i32 count = list->count;
  for (i32 e = 0; e < count; e++) {
    u32 at = list->at[e];
    v128_t a = wasm_v128_load32_splat(list->values + e);
    if (!hasOffset) {
      for (int v = 0; v < vectors; v++) {
        v128_t product = form == NATIVE ? wasm_f32x4_mul(a, LOAD(0)) : wasm_i32x4_add(a, LOAD(0));
        if (masked) product = wasm_v128_and(product, form == NATIVE ? cut : LOAD(MASKS));
        sum[v] = wasm_f32x4_add(sum[v], product);
      }
      continue;
    }
    v128_t o = wasm_v128_load32_splat(list->offsets + e);
    if (!(at & 1)) {
      for (int v = 0; v < vectors; v++) {
        v128_t product = wasm_f32x4_add(wasm_i32x4_add(a, LOAD(0)), wasm_i32x4_add(o, LOAD(SCALES)));
        if (masked) product = wasm_v128_and(product, LOAD(MASKS));
        sum[v] = wasm_f32x4_add(sum[v], product);
      }
      continue;
    }
    at &= ~1u;
    for (int v = 0; v < vectors; v++) {
      v128_t log = wasm_i32x4_add(a, LOAD(0));
      v128_t offset = wasm_i32x4_add(o, LOAD(SCALES));
      v128_t kept = wasm_i32x4_lt(wasm_i32x4_sub(log, offset), limit);
      v128_t product = wasm_f32x4_add(log, wasm_v128_and(offset, kept));
      if (masked) product = wasm_v128_and(product, LOAD(MASKS));
      sum[v] = wasm_f32x4_add(sum[v], product);
    }
  }
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + v * 4, sum[v]);
}

// The same for two rows of which no k is left out, so that both use what is loaded of a lane.
INLINE void addPair(const Job *job, const RowList *lists, i32 depth, const char *lanes, float *sums,
                    const int vectors, const int form, const int masked) {
  v128_t first[4], second[4];
  for (int v = 0; v < vectors; v++) first[v] = wasm_v128_load(sums + v * 4);
  for (int v = 0; v < vectors; v++) second[v] = wasm_v128_load(sums + PANEL + v * 4);
  const v128_t cut = wasm_i32x4_splat(job->cut);
  for (i32 e = 0, at = 0; e < depth; e++, at += PANEL * 4) {
    v128_t a = wasm_v128_load32_splat(lists[0].values + e);
    v128_t b = wasm_v128_load32_splat(lists[1].values + e);
    for (int v = 0; v < vectors; v++) {
      v128_t lane = LOAD(0);
      v128_t p = form == NATIVE ? wasm_f32x4_mul(a, lane) : wasm_i32x4_add(a, lane);
      v128_t q = form == NATIVE ? wasm_f32x4_mul(b, lane) : wasm_i32x4_add(b, lane);
      if (masked) p = wasm_v128_and(p, cut), q = wasm_v128_and(q, cut);
      first[v] = wasm_f32x4_add(first[v], p);
      second[v] = wasm_f32x4_add(second[v], q);
    }
  }
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + v * 4, first[v]);
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + PANEL + v * 4, second[v]);
}

// Each loop is a function of its own, so that compilers of WebAssembly keep its sums in registers.
#define ROW(name, vectors, form, masked, hasOffset)                                                       \
  NOINLINE void name##vectors(const Job *job, const RowList *list, const char *lanes, float *sums) {      \
    addRow(job, list, lanes, sums, vectors, form, masked, hasOffset);                                     \
  }
#define PAIR(name, vectors, form, masked)                                                                 \
  NOINLINE void name##vectors(const Job *job, const RowList *lists, i32 depth, const char *lanes,         \
                              float *sums) {                                                              \
    addPair(job, lists, depth, lanes, sums, vectors, form, masked);                                       \
  }
#define WIDE(vectors)                   \
  ROW(native, vectors, NATIVE, 0, 0)    \
  ROW(nativeCut, vectors, NATIVE, 1, 0) \
  ROW(logAdd, vectors, LOG_ADD, 0, 0)
// Products of more than one operation run out of registers sooner.
#define NARROW(vectors)                            \
  PAIR(nativePair, vectors, NATIVE, 0)             \
  PAIR(nativeCutPair, vectors, NATIVE, 1)          \
  PAIR(logAddPair, vectors, LOG_ADD, 0)            \
  ROW(logAddMasked, vectors, LOG_ADD, 1, 0)        \
  ROW(logAddOffset, vectors, LOG_ADD, 0, 1)        \
  ROW(logAddOffsetMasked, vectors, LOG_ADD, 1, 1)
WIDE(1) WIDE(2) WIDE(3) WIDE(4) WIDE(5) WIDE(6) WIDE(7) WIDE(8)
NARROW(1) NARROW(2) NARROW(3) NARROW(4)

#define CASE(name, vectors, ...) \
  case vectors:                  \
    name##vectors(__VA_ARGS__);  \
    break;
#define NARROW_CASES(name, ...)                                                        \
  CASE(name, 1, __VA_ARGS__) CASE(name, 2, __VA_ARGS__) CASE(name, 3, __VA_ARGS__)     \
  CASE(name, 4, __VA_ARGS__)
#define WIDE_CASES(name, ...)                                                          \
  NARROW_CASES(name, __VA_ARGS__)                                                      \
  CASE(name, 5, __VA_ARGS__) CASE(name, 6, __VA_ARGS__) CASE(name, 7, __VA_ARGS__)     \
  CASE(name, 8, __VA_ARGS__)

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

// One row with one panel.
INLINE void addOne(const Job *job, const RowList *list, const Panel *panel, float *sums, i32 vectors) {
  const char *lanes = (const char *)panel->values;
  if (job->form == NATIVE && panel->masked) {
    switch (vectors) { WIDE_CASES(nativeCut, job, list, lanes, sums) }
  } else if (job->form == NATIVE) {
    switch (vectors) { WIDE_CASES(native, job, list, lanes, sums) }
  } else if (!job->offsetAdd && !panel->masked) {
    switch (vectors) { WIDE_CASES(logAdd, job, list, lanes, sums) }
  } else {
    for (i32 v = 0; v < vectors; v += 4, lanes += 64, sums += 16) {
      i32 some = min(4, vectors - v);
      if (!job->offsetAdd) {
        switch (some) { NARROW_CASES(logAddMasked, job, list, lanes, sums) }
      } else if (panel->masked) {
        switch (some) { NARROW_CASES(logAddOffsetMasked, job, list, lanes, sums) }
      } else {
        switch (some) { NARROW_CASES(logAddOffset, job, list, lanes, sums) }
      }
    }
  }
}

// Two rows with one panel, where no k is left out.
INLINE void addTwo(const Job *job, const RowList *lists, i32 depth, const Panel *panel, float *sums,
                   i32 vectors) {
  const char *lanes = (const char *)panel->values;
  for (i32 v = 0; v < vectors; v += 4, lanes += 64, sums += 16) {
    i32 some = min(4, vectors - v);
    if (job->form == LOG_ADD) {
      switch (some) { NARROW_CASES(logAddPair, job, lists, depth, lanes, sums) }
    } else if (panel->masked) {
      switch (some) { NARROW_CASES(nativeCutPair, job, lists, depth, lanes, sums) }
    } else {
      switch (some) { NARROW_CASES(nativePair, job, lists, depth, lanes, sums) }
    }
  }
}

// All rows of a tile with one panel.
NOINLINE void addRows(const Job *job, Tile tile, i32 k0, i32 depth, const RowList *lists, const Panel *panel,
                      float *sums, i32 vectors) {
  const u32 *source = job->rowSource + job->rowB[tile.b];
  const int inPairs = job->form == NATIVE || (!job->offsetAdd && !panel->masked);
  for (i32 r = 0; r < tile.rows; r++, sums += PANEL) {
    const RowList *list = lists + r;
    if (!fits(job, list->exponents, panel->exponents)) {
      addRowCarefully(job, source + job->rowX[tile.row0 + r], job->rowK + k0, depth, panel, sums, vectors);
    } else if (inPairs && r + 1 < tile.rows && list[0].count == depth && list[1].count == depth &&
               fits(job, list[1].exponents, panel->exponents)) {
      addTwo(job, list, depth, panel, sums, vectors);
      r++, sums += PANEL;
    } else {
      addOne(job, list, panel, sums, vectors);
    }
  }
}

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
      addRows(job, tile, k0, depth, lists, panel, sums, vectors);
    }
  }
  return tileSums;
}
