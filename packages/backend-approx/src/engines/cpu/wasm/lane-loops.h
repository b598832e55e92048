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
  // What is kept of a product: WHOLE, CUT or MASKED.
  i32 kept;
} Panel;

// All of it; the job's bits; what the lane's mask says.
enum { WHOLE, CUT, MASKED };

// One row's non-zero operands in a run of k.
typedef struct {
  Exponents exponents;
  i32 count;
  i32 unused;
  u32 values[DEPTH];
  // logAdd with an offset: sign and exponent of the offset's product.
  u32 offsets[DEPTH];
  // Byte offsets of k in a panel.
  u32 at[DEPTH];
  // logAdd with an offset: the entries with which it may have to be left out, then the count.
  i32 checks[DEPTH + 4];
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
  panel->kept = wasm_v128_any_true(zeros) ? MASKED : job->cut != 0xffffffffu ? CUT : WHOLE;
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
  i32 count = 0, checks = 0;
  if (keepsZeros && !significands) {
    const v128_t step = wasm_i32x4_splat(4 * PANEL * sizeof(u32));
    v128_t at = wasm_i32x4_make(0, PANEL * 4, PANEL * 8, PANEL * 12);
    for (i32 k = 0; k < depth; k += 4, at = wasm_i32x4_add(at, step)) {
      v128_t word = wasm_v128_load(words + k), value = word;
      wasm_v128_store(list->at + k, at);
      if (isLog) {
        value = wasm_v128_or(word, wasm_i32x4_splat(job->lowestBit));
        v128_t scale = wasm_v128_and(word, wasm_i32x4_splat(SIGN_AND_EXPONENT));
        wasm_v128_store(list->offsets + k, wasm_i32x4_add(scale, wasm_i32x4_splat(job->offsetAdd)));
        v128_t fraction = wasm_v128_and(value, wasm_i32x4_splat(0x7fffff));
        u32 marks = wasm_i32x4_bitmask(wasm_i32x4_ge(fraction, wasm_i32x4_splat(job->checkFrom)));
        for (; marks; marks &= marks - 1) {
          list->checks[checks] = k + __builtin_ctz(marks);
          checks += list->checks[checks] < depth;
        }
        value = wasm_i32x4_add(value, wasm_i32x4_splat(job->rowAdd));
      }
      wasm_v128_store(list->values + k, value);
    }
    count = depth;
  } else {
    for (i32 k = 0; k < depth; k++) {
      u32 word = words[k];
      int isKept = keepsZeros || (word & EXPONENT) != 0;
      list->at[count] = k * PANEL * sizeof(u32);
      if (isLog) {
        u32 value = word | job->lowestBit;
        list->values[count] = value + job->rowAdd;
        list->offsets[count] = (word & SIGN_AND_EXPONENT) + job->offsetAdd;
        list->checks[checks] = count;
        checks += isKept && (i32)(value & 0x7fffff) >= job->checkFrom;
      } else {
        list->values[count] =
            significands ? preparedSignificand(word, significands, job->mantissaBits) : word;
      }
      count += isKept;
    }
  }
  list->count = count;
  list->checks[checks] = count;
}

// Where the arrays of a panel begin, from its first one on.
#define SCALES (PANEL_WORDS * 4)
#define MASKS (PANEL_WORDS * 8)
#define LOAD(array) wasm_v128_load(lanes + at + array + v * 16)

#define KEEP(product)                                                          \
  (kept == WHOLE ? (product) : wasm_v128_and(product, kept == CUT ? cut : LOAD(MASKS)))

// Adds one row's products with `vectors` * 4 lanes to their sums, k by k.
INLINE void addRow(const Job *job, const RowList *list, const char *lanes, float *sums, const int vectors,
                   const int form, const int kept) {
  v128_t sum[8];
  for (int v = 0; v < vectors; v++) sum[v] = wasm_v128_load(sums + v * 4);
  const v128_t cut = wasm_i32x4_splat(job->cut);
  const i32 count = list->count;
  for (i32 e = 0; e < count; e++) {
    u32 at = list->at[e];
    v128_t a = wasm_v128_load32_splat(list->values + e);
    for (int v = 0; v < vectors; v++) {
      v128_t product = form == NATIVE ? wasm_f32x4_mul(a, LOAD(0)) : wasm_i32x4_add(a, LOAD(0));
      sum[v] = wasm_f32x4_add(sum[v], KEEP(product));
    }
  }
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + v * 4, sum[v]);
}

// The same for logAdd with an offset. It is left out where it would bring a significand product to 4; few
// operands can, so that all others are added without looking.
INLINE void addRowWithOffset(const Job *job, const RowList *list, const char *lanes, float *sums,
                             const int vectors, const int kept) {
  v128_t sum[4];
  for (int v = 0; v < vectors; v++) sum[v] = wasm_v128_load(sums + v * 4);
  const v128_t cut = wasm_i32x4_splat(job->cut);
  const i32 *check = list->checks;
  const i32 count = list->count;
  for (i32 e = 0;; e++) {
    for (const i32 end = *check++; e < end; e++) {
      u32 at = list->at[e];
      v128_t a = wasm_v128_load32_splat(list->values + e);
      v128_t o = wasm_v128_load32_splat(list->offsets + e);
      for (int v = 0; v < vectors; v++) {
        v128_t product = wasm_f32x4_add(wasm_i32x4_add(a, LOAD(0)), wasm_i32x4_add(o, LOAD(SCALES)));
        sum[v] = wasm_f32x4_add(sum[v], KEEP(product));
      }
    }
    if (e == count) break;
    u32 at = list->at[e];
    for (int v = 0; v < vectors; v++) {
      v128_t log = wasm_i32x4_add(wasm_v128_load32_splat(list->values + e), LOAD(0));
      v128_t offset = wasm_i32x4_add(wasm_v128_load32_splat(list->offsets + e), LOAD(SCALES));
      v128_t below = wasm_i32x4_lt(wasm_i32x4_sub(log, offset), wasm_v128_load32_splat(&job->keepBelow));
      v128_t product = wasm_f32x4_add(log, wasm_v128_and(offset, below));
      sum[v] = wasm_f32x4_add(sum[v], KEEP(product));
    }
  }
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + v * 4, sum[v]);
}

// The same for two rows of which no k is left out, so that both use what is loaded of a lane.
INLINE void addPair(const Job *job, const RowList *lists, i32 depth, const char *lanes, float *sums,
                    const int vectors, const int form, const int kept) {
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
      first[v] = wasm_f32x4_add(first[v], KEEP(p));
      second[v] = wasm_f32x4_add(second[v], KEEP(q));
    }
  }
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + v * 4, first[v]);
  for (int v = 0; v < vectors; v++) wasm_v128_store(sums + PANEL + v * 4, second[v]);
}

// Each loop is a function of its own, so that compilers of WebAssembly keep its sums in registers.
#define ROW(name, vectors, form, kept)                                                                    \
  NOINLINE void name##vectors(const Job *job, const RowList *list, const char *lanes, float *sums) {      \
    addRow(job, list, lanes, sums, vectors, form, kept);                                                  \
  }
#define OFFSET_ROW(name, vectors, kept)                                                                   \
  NOINLINE void name##vectors(const Job *job, const RowList *list, const char *lanes, float *sums) {      \
    addRowWithOffset(job, list, lanes, sums, vectors, kept);                                              \
  }
#define PAIR(name, vectors, form, kept)                                                                   \
  NOINLINE void name##vectors(const Job *job, const RowList *lists, i32 depth, const char *lanes,         \
                              float *sums) {                                                              \
    addPair(job, lists, depth, lanes, sums, vectors, form, kept);                                         \
  }
#define WIDE(vectors)                   \
  ROW(native, vectors, NATIVE, WHOLE)   \
  ROW(nativeCut, vectors, NATIVE, CUT)  \
  ROW(logAdd, vectors, LOG_ADD, WHOLE)
// Products of more than one operation run out of registers sooner.
#define NARROW(vectors)                             \
  PAIR(nativePair, vectors, NATIVE, WHOLE)          \
  PAIR(nativeCutPair, vectors, NATIVE, CUT)         \
  PAIR(logAddPair, vectors, LOG_ADD, WHOLE)         \
  ROW(logAddCut, vectors, LOG_ADD, CUT)             \
  ROW(logAddMasked, vectors, LOG_ADD, MASKED)       \
  OFFSET_ROW(logAddOffset, vectors, WHOLE)          \
  OFFSET_ROW(logAddOffsetCut, vectors, CUT)         \
  OFFSET_ROW(logAddOffsetMasked, vectors, MASKED)
WIDE(1) WIDE(2) WIDE(3) WIDE(4) WIDE(5) WIDE(6) WIDE(7) WIDE(8)
NARROW(1) NARROW(2) NARROW(3) NARROW(4)

#define CASE(name, vectors, first, ...) \
  case first + vectors:                 \
    name##vectors(__VA_ARGS__);         \
    break;
#define NARROW_CASES(name, first, ...)                                                                    \
  CASE(name, 1, first, __VA_ARGS__) CASE(name, 2, first, __VA_ARGS__) CASE(name, 3, first, __VA_ARGS__)   \
  CASE(name, 4, first, __VA_ARGS__)
#define WIDE_CASES(name, ...)                                                                             \
  NARROW_CASES(name, 0, __VA_ARGS__)                                                                      \
  CASE(name, 5, 0, __VA_ARGS__) CASE(name, 6, 0, __VA_ARGS__) CASE(name, 7, 0, __VA_ARGS__)               \
  CASE(name, 8, 0, __VA_ARGS__)

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
  if (job->form == NATIVE && panel->kept == WHOLE) {
    switch (vectors) { WIDE_CASES(native, job, list, lanes, sums) }
  } else if (job->form == NATIVE) {
    switch (vectors) { WIDE_CASES(nativeCut, job, list, lanes, sums) }
  } else if (!job->offsetAdd && panel->kept == WHOLE) {
    switch (vectors) { WIDE_CASES(logAdd, job, list, lanes, sums) }
  } else {
    for (i32 v = 0; v < vectors; v += 4, lanes += 64, sums += 16) {
      switch (min(4, vectors - v) + 4 * panel->kept + (job->offsetAdd ? 12 : 0)) {
        NARROW_CASES(logAddCut, 4 * CUT, job, list, lanes, sums)
        NARROW_CASES(logAddMasked, 4 * MASKED, job, list, lanes, sums)
        NARROW_CASES(logAddOffset, 12 + 4 * WHOLE, job, list, lanes, sums)
        NARROW_CASES(logAddOffsetCut, 12 + 4 * CUT, job, list, lanes, sums)
        NARROW_CASES(logAddOffsetMasked, 12 + 4 * MASKED, job, list, lanes, sums)
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
    switch (some + (job->form == LOG_ADD ? 8 : 4 * panel->kept)) {
      NARROW_CASES(nativePair, 4 * WHOLE, job, lists, depth, lanes, sums)
      NARROW_CASES(nativeCutPair, 4 * CUT, job, lists, depth, lanes, sums)
      NARROW_CASES(logAddPair, 8, job, lists, depth, lanes, sums)
    }
  }
}

// All rows of a tile with one panel.
NOINLINE void addRows(const Job *job, Tile tile, i32 k0, i32 depth, const RowList *lists, const Panel *panel,
                      float *sums, i32 vectors) {
  const u32 *source = job->rowSource + job->rowB[tile.b];
  const int inPairs = job->form == NATIVE || (!job->offsetAdd && panel->kept == WHOLE);
  for (i32 r = 0; r < tile.rows; r++, sums += PANEL) {
    const RowList *list = lists + r;
    if (!job->unchecked && !fits(job, list->exponents, panel->exponents)) {
      addRowCarefully(job, source + job->rowX[tile.row0 + r], job->rowK + k0, depth, panel, sums, vectors);
    } else if (inPairs && r + 1 < tile.rows && list[0].count == depth && list[1].count == depth &&
               (job->unchecked || fits(job, list[1].exponents, panel->exponents))) {
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
      if (job->unchecked) panel->kept = job->cut != 0xffffffffu ? CUT : WHOLE;
      else preparePanel(job, panel, vectors, depth);
      addRows(job, tile, k0, depth, lists, panel, sums, vectors);
    }
  }
  return tileSums;
}
