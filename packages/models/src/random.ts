// SPDX-License-Identifier: Apache-2.0
/**
 * Small seeded random numbers: the same seed gives the same numbers on every machine.
 *
 * Only 32-bit integer arithmetic is used, so nothing depends on the engine's Math functions.
 */

/**
 * Mixes any number of integers into one well-spread unsigned 32-bit integer (the finaliser of
 * MurmurHash3, A. Appleby, applied once per value).
 */
export function hash32(...values: number[]): number {
  let h = 0x9e3779b9;
  for (const value of values) {
    h = (h ^ value) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = (h ^ (h >>> 16)) >>> 0;
  }
  return h;
}

/**
 * A generator of unsigned 32-bit integers (mulberry32, T. Ettinger).
 * @param seed any integer; only its lowest 32 bits count.
 */
export function seededIntegers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/**
 * A seeded permutation of 0 .. size-1 (Fisher and Yates).
 * @returns `size` indices, each exactly once.
 */
export function permutation(size: number, seed: number): Uint32Array {
  const next = seededIntegers(seed);
  const order = Uint32Array.from({length: size}, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    // The product is below 2^53, so this division is exact enough to be unbiased for any data set.
    const j = Math.floor((next() * (i + 1)) / 2 ** 32);
    const swapped = order[i];
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
