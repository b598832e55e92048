// SPDX-License-Identifier: Apache-2.0
// What the threads are told: one job is one contraction, or one step of it, cut into tiles that any thread
// may take. job.ts writes the fields in this order, one 32-bit word each.
//
// The outer indices of a contraction are called rows and lanes, whichever of m and n is which: lanes run
// along vectors, so the longer of the two is chosen. Addresses are sums of tabulated parts, in elements.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

typedef int32_t i32;
typedef uint32_t u32;
typedef uint16_t u16;

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

#define SIGN_AND_EXPONENT 0xff800000u
#define EXPONENT 0x7f800000u
#define ONE 0x3f800000u

enum { NATIVE, LOG_ADD, TABLE };
enum { MULTIPLY, REDUCE, ROUND };
enum { LINEAR, RELU, RELU6 };

typedef struct {
  i32 phase;
  i32 form;
  // Native float32 products: the fast loop does for all operands, zeros included.
  i32 exact;
  // Native products of operands that enter them as they are, of which none needs to be looked at: no two have
  // exponents outside the bounds below.
  i32 unchecked;
  // The table holds no product below 1: products are flushed by exponents alone.
  i32 normalised;
  i32 mantissaBits;
  // Biased exponents of operands, and their sums, for which the form's fast loop gives the multiplier's bits.
  i32 lowestRow, highestRow, lowestLane, highestLane, lowestSum, highestSum;
  // Keeps the product's fraction bits; all ones where nothing is cut.
  u32 cut;
  // logAdd: the lowest fraction bit if it is to be set; what is added to a row operand's bits; what turns
  // its sign and exponent into those of the scaled offset, 0 without an offset; the fraction from which a
  // row operand can bring a product to where the offset is left out, and the distance of the
  // uncorrected product from the scaled offset from which it is.
  u32 lowestBit, rowAdd, offsetAdd;
  i32 checkFrom, keepBelow;
  // native: prepared significands by fraction, or null.
  const float *rowSignificands, *laneSignificands;
  // Significand products; the row operand selects the table's row.
  const float *table;

  // Rounded operands.
  const u32 *rowSource, *laneSource;
  const float *bias;
  float *output;
  // Sums of blocks of k, [block, batch, row, lane]; null where there is one block.
  float *partials;
  const i32 *rowB, *rowX, *rowK;
  const i32 *laneB, *laneX, *laneK;
  const i32 *outB, *outRow, *outLane;
  const i32 *biasB, *biasRow, *biasLane;
  i32 activation;

  i32 batches, rows, lanes, k;
  i32 blocks, blockSize;
  // Tiles of one batch and block.
  i32 rowTile, laneTile, rowTiles, laneTiles;

  // ROUND: how many fraction bits to drop from `count` values, chunk by chunk, and where the smallest and the
  // largest exponent seen go.
  u32 *values;
  i32 count, chunk, dropped, nearestEven;
  i32 *seen;
} Job;

// One tile: a block of k of some rows and lanes of one batch.
typedef struct {
  i32 b, block, row0, rows, lane0, lanes, k0, k1;
} Tile;

INLINE i32 min(i32 a, i32 b) { return a < b ? a : b; }
INLINE i32 max(i32 a, i32 b) { return a > b ? a : b; }

// The smallest and largest biased exponent of non-zero operands; the largest is SPECIAL where an operand is
// outside its own limits.
typedef struct {
  i32 low, high;
} Exponents;

// More than any sum of exponents that a fast loop allows.
#define SPECIAL 1000

// Exponents seen by vectors: unsigned minimum of the non-zero ones, maximum of all.
typedef struct {
  v128_t low, high;
} ExponentVectors;

INLINE ExponentVectors noExponentVectors(void) {
  return (ExponentVectors){wasm_i32x4_splat(EXPONENT), wasm_i32x4_splat(0)};
}

// Returns the lanes that are zero.
INLINE v128_t noteExponents(ExponentVectors *seen, v128_t word) {
  v128_t exponent = wasm_v128_and(word, wasm_i32x4_splat(EXPONENT));
  v128_t zero = wasm_i32x4_eq(exponent, wasm_i32x4_splat(0));
  seen->low = wasm_u32x4_min(seen->low, wasm_v128_or(exponent, zero));
  seen->high = wasm_u32x4_max(seen->high, exponent);
  return zero;
}

INLINE Exponents exponentsOf(ExponentVectors seen, i32 lowest, i32 highest) {
  i32 low = min(min(wasm_i32x4_extract_lane(seen.low, 0), wasm_i32x4_extract_lane(seen.low, 1)),
                min(wasm_i32x4_extract_lane(seen.low, 2), wasm_i32x4_extract_lane(seen.low, 3)));
  i32 high = max(max(wasm_i32x4_extract_lane(seen.high, 0), wasm_i32x4_extract_lane(seen.high, 1)),
                 max(wasm_i32x4_extract_lane(seen.high, 2), wasm_i32x4_extract_lane(seen.high, 3)));
  low >>= 23, high >>= 23;
  return (Exponents){low, low < lowest || high > highest ? SPECIAL : high};
}

// Whether no product of non-zero operands of the two leaves the range of the fast loop, and none is NaN.
INLINE int fits(const Job *job, Exponents a, Exponents b) {
  return a.low + b.low >= job->lowestSum && a.high + b.high <= job->highestSum;
}
