// SPDX-License-Identifier: Apache-2.0
/**
 * Direct functional simulation: mbm7 computed from its definition with integer operations at every
 * product, without a table, on one core. It is what a look-up table is compared with (J. Gong et al.,
 * ApproxTrain, arXiv 2209.04161), here in JavaScript.
 */
import {median} from './measure.js';
import {randomValues} from './random.js';

export interface DirectSimulation {
  readonly multiplier: string;
  /** Of the square matrix product that was timed. */
  readonly size: number;
  /** Multiply-accumulates per second, in units of 1e9: the median of the repetitions. */
  readonly gmacPerSecond: number;
  readonly repetitions: number;
}

const SIZES = {smoke: 32, quick: 256, full: 384};
const REPETITIONS = {smoke: 1, quick: 3, full: 5};

export function measureDirectSimulation(effort: keyof typeof SIZES): DirectSimulation {
  const size = SIZES[effort];
  const repetitions = REPETITIONS[effort];
  const a = randomValues(size * size, 1);
  const b = randomValues(size * size, 2);
  // Compiled before it is timed.
  directMatMul(a.subarray(0, 64 * 64), b.subarray(0, 64 * 64), Math.min(size, 64));
  const seconds = Array.from({length: repetitions}, () => {
    const start = performance.now();
    directMatMul(a, b, size);
    return (performance.now() - start) / 1000;
  });
  const gmacPerSecond = size ** 3 / median(seconds) / 1e9;
  return {multiplier: 'mbm7', size, gmacPerSecond, repetitions};
}

const floats = new Float32Array(1);
const words = new Int32Array(floats.buffer);

/** The product of two size x size matrices; each sum is rounded to float32, in ascending k. */
export function directMatMul(a: Float32Array, b: Float32Array, size: number): Float32Array {
  const aWords = new Int32Array(a.buffer, a.byteOffset, size * size);
  const bWords = new Int32Array(b.buffer, b.byteOffset, size * size);
  const sums = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let k = 0; k < size; k++) {
      const first = aWords[row + k];
      const column = k * size;
      for (let j = 0; j < size; j++) {
        words[0] = directProduct(first, bWords[column + j]);
        // The first product starts a sum, so that it may be -0.
        sums[row + j] = k === 0 ? floats[0] : sums[row + j] + floats[0];
      }
    }
  }
  return sums;
}

const SIGN = 0x80000000 | 0;
const INFINITY = 0x7f800000;
const QUIET_NAN = 0x7fc00000;

/** mbm7: the words of two float32 values give the word of their approximate product. */
export function directProduct(a: number, b: number): number {
  const sign = (a ^ b) & SIGN;
  const aExponent = (a >>> 23) & 0xff;
  const bExponent = (b >>> 23) & 0xff;
  if (aExponent === 0xff || bExponent === 0xff) {
    const isNaN = (a & 0x7fffffff) > INFINITY || (b & 0x7fffffff) > INFINITY;
    return isNaN || aExponent === 0 || bExponent === 0 ? QUIET_NAN : sign | INFINITY;
  }
  if (aExponent === 0 || bExponent === 0) return sign;
  let exponent = aExponent + bExponent - 127;
  if (exponent <= 0) return sign;

  // Seven fraction bits, the lowest one set; their sum stands for the logarithm of the product.
  const sum = (((a >>> 16) & 0x7e) | 1) + (((b >>> 16) & 0x7e) | 1);
  let fraction: number;
  if (sum >= 128) {
    exponent++;
    const corrected = sum - 128 + 5;
    fraction = corrected >= 128 ? sum - 128 : corrected;
  } else if (sum + 10 >= 128) {
    exponent++;
    fraction = (sum + 10 - 128) >> 1;
  } else {
    fraction = sum + 10;
  }
  return exponent >= 0xff ? sign | INFINITY : sign | (exponent << 23) | (fraction << 16);
}
