// SPDX-License-Identifier: Apache-2.0
/** Repeatable random float32 values for tests. */

/** Uniform in [0, 1): mulberry32. */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Normal float32 values of both signs, exponents -126..126. Every other one is a value of m + 1
 * fraction bits, so that half of those are ties where m bits are kept.
 */
export function randomFloats(count: number, m: number, seed = 1): number[] {
  const random = randomSource(seed);
  return Array.from({length: count}, (_, k) => {
    const bits = k % 2 === 0 ? 23 : m + 1;
    const significand = 1 + Math.floor(random() * 2 ** bits) / 2 ** bits;
    const exponent = Math.floor(random() * 253) - 126;
    return (random() < 0.5 ? -1 : 1) * significand * 2 ** exponent;
  });
}
