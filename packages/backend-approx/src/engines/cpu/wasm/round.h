// SPDX-License-Identifier: Apache-2.0
// Rounding of whole operands to the multiplier's format, in place, as lut-builder's roundOperand does. What
// is left with an exponent field of zero counts as zero in every product, and becomes zero here. The exponents
// seen are returned: the smallest biased one of a non-zero value, and 256 times the largest.
#pragma once
#include "job.h"

// Formats with float32's exponents, where only the fraction changes.
INLINE v128_t roundedFraction(v128_t u, i32 dropped, int nearestEven) {
  v128_t magnitude = wasm_v128_and(u, wasm_i32x4_splat(0x7fffffff));
  v128_t isNan = wasm_i32x4_gt(magnitude, wasm_i32x4_splat(EXPONENT));
  v128_t isZero = wasm_i32x4_lt(magnitude, wasm_i32x4_splat(0x00800000));
  v128_t sum = u;
  if (nearestEven && dropped > 0) {
    v128_t odd = wasm_v128_and(wasm_u32x4_shr(u, dropped), wasm_i32x4_splat(1));
    sum = wasm_i32x4_add(wasm_i32x4_add(u, odd), wasm_i32x4_splat((1 << (dropped - 1)) - 1));
  }
  v128_t kept = wasm_v128_and(sum, wasm_i32x4_splat((i32)(0xffffffffu << dropped)));
  // A NaN whose payload lies in the dropped bits must not turn into infinity.
  return wasm_v128_andnot(wasm_v128_bitselect(u, kept, isNan), isZero);
}

INLINE i32 packed(Exponents exponents) { return exponents.low | exponents.high << 8; }

// Reads and writes whole vectors: the buffer's size is a multiple of 16 bytes.
__attribute__((export_name("roundFractions"))) i32 roundFractions(u32 *words, i32 count, i32 dropped,
                                                                 i32 nearestEven) {
  ExponentVectors seen = noExponentVectors();
  for (i32 e = count; e & 3; e++) words[e] = 0;
  for (i32 e = 0; e < count; e += 4) {
    v128_t rounded = roundedFraction(wasm_v128_load(words + e), dropped, nearestEven);
    noteExponents(&seen, rounded);
    wasm_v128_store(words + e, rounded);
  }
  return packed(exponentsOf(seen, 0, 255));
}

// One chunk of a job; the threads agree on the exponents.
INLINE void roundChunk(const Job *job, i32 at) {
  i32 start = at * job->chunk;
  i32 exponents = roundFractions(job->values + start, min(job->chunk, job->count - start), job->dropped,
                                 job->nearestEven);
  __atomic_fetch_min(job->seen, exponents & 255, __ATOMIC_SEQ_CST);
  __atomic_fetch_max(job->seen + 1, exponents >> 8, __ATOMIC_SEQ_CST);
}

INLINE double roundedInteger(double q, int nearestEven) {
  return nearestEven ? __builtin_nearbyint(q) : __builtin_floor(q);
}

// Formats with a range of their own: fp16, fp8.
__attribute__((export_name("roundValues"))) i32 roundValues(u32 *words, i32 count, i32 dropped, i32 nearestEven,
                                                            double smallestNormal, double smallestSubnormal,
                                                            double limit, i32 saturates) {
  Exponents seen = {255, 0};
  for (i32 e = 0; e < count; e++) {
    u32 u = words[e];
    u32 sign = u & 0x80000000u;
    u32 bits = u & 0x7fffffffu;
    if (bits > EXPONENT) {
      seen.high = 255;
      continue;
    }
    union {
      u32 bits;
      float value;
    } x = {.bits = bits};
    if (x.value < smallestNormal) {
      // Without subnormals the smallest one is given as infinity, and what is below the normals is lost.
      x.value = (float)(roundedInteger(x.value / smallestSubnormal, nearestEven) * smallestSubnormal);
      if (!(x.value == x.value)) x.value = 0;
    } else if (bits != EXPONENT && dropped > 0) {
      u32 half = nearestEven ? (1u << (dropped - 1)) - 1 + ((bits >> dropped) & 1) : 0;
      x.bits = (bits + half) & (0xffffffffu << dropped);
    }
    if (x.value > limit) {
      if (saturates) x.value = (float)limit;
      else x.bits = EXPONENT;
    }
    i32 exponent = x.bits >> 23;
    words[e] = exponent == 0 ? 0 : sign | x.bits;
    if (exponent > 0) seen.low = min(seen.low, exponent);
    seen.high = max(seen.high, exponent);
  }
  return packed(seen);
}
