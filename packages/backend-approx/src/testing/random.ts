// SPDX-License-Identifier: Apache-2.0
/** Seeded float32 test data: zeros, both signs, wide exponents, and special values on request. */

/** A generator of uniform 32-bit integers (xorshift with an odd multiplier at the end). */
export function random32(seed: number): () => number {
  let state = (seed * 0x9e3779b1 + 0x7f4a7c15) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.imul(state, 0x2c9277b5) >>> 0;
  };
}

export interface FloatOptions {
  /** Range of the power of two, both ends included. */
  readonly exponents?: readonly [number, number];
  /** The share of zeros (half of them negative). */
  readonly zeros?: number;
  readonly positive?: boolean;
  /** Values to be strewn in, and their share. */
  readonly specials?: readonly number[];
  readonly share?: number;
}

/** Exponents -20..19: the products of two span 80 binades. */
export const WIDE: FloatOptions = {exponents: [-20, 19], zeros: 0.1};
/**
 * Sixteen binades: many products count in a sum, and most additions round, so that a changed order
 * shows. (In fewer binades the products of a 7-bit multiplier add up exactly in any order.)
 */
export const MEDIUM: FloatOptions = {exponents: [-8, 7], zeros: 0.02};
/** Four binades, for comparisons by tolerance. */
export const NARROW: FloatOptions = {exponents: [-2, 1], zeros: 0.02};

export function randomFloats(length: number, seed: number, options = WIDE): Float32Array {
  const next = random32(seed);
  const unit = (): number => next() / 2 ** 32;
  const {exponents = [-20, 19], zeros = 0.1, positive = false, specials = [], share = 0} = options;
  const [low, high] = exponents;
  return Float32Array.from({length}, () => {
    if (specials.length > 0 && unit() < share) {
      return specials[Math.floor(unit() * specials.length)];
    }
    const sign = !positive && unit() < 0.5 ? -1 : 1;
    if (unit() < zeros) return sign * 0;
    const significand = 1 + Math.floor(unit() * 2 ** 23) / 2 ** 23;
    return sign * significand * 2 ** (low + Math.floor(unit() * (high - low + 1)));
  });
}

export function randomTensor(
  shape: readonly number[],
  seed: number,
  options = WIDE,
): {shape: readonly number[]; data: Float32Array} {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return {shape, data: randomFloats(size, seed, options)};
}
