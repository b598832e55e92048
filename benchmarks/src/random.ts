// SPDX-License-Identifier: Apache-2.0

/** Repeatable values in [-1, 1) with 24 random bits each (mulberry32, T. Ettinger). */
export function randomValues(length: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < Math.min(length, PERIOD); i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    values[i] = ((t ^ (t >>> 14)) >>> 8) / 2 ** 23 - 1;
  }
  for (let from = PERIOD; from < length; from += PERIOD) {
    values.copyWithin(from, 0, Math.min(PERIOD, length - from));
  }
  return values;
}

/** Large operands repeat values, which are copied faster than made; a prime fits no dimension. */
const PERIOD = 1_000_003;
