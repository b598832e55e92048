// SPDX-License-Identifier: Apache-2.0
/**
 * Float formats, and the rounding of a float32 operand to one of them.
 *
 * Every value is held as a float32 (a JavaScript number that `Math.fround` leaves alone), whatever
 * the format: an fp16 operand is a float32 whose value fp16 can represent.
 */
import type {FloatFormat, OperandRounding} from './float-format.js';

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of `Math.fround(x)`, as an unsigned 32-bit integer. */
export function floatToBits(x: number): number {
  float[0] = x;
  return bits[0];
}

/** The float32 value of 32 bits. */
export function bitsToFloat(u: number): number {
  bits[0] = u;
  return float[0];
}

/** IEEE 754 binary32. */
export const FLOAT32: FloatFormat = Object.freeze({
  exponentBits: 8,
  fractionBits: 23,
  subnormals: true,
  overflow: 'infinity',
});

/** The range of float32 with an m-bit fraction and no subnormals: the usual operand format. */
export function fullRangeFormat(fractionBits: number): FloatFormat {
  return Object.freeze({exponentBits: 8, fractionBits, subnormals: false, overflow: 'infinity'});
}

/** NVIDIA TensorFloat-32: the range of float32, 10 fraction bits. */
export const TF32: FloatFormat = fullRangeFormat(10);

/** bfloat16: the range of float32, 7 fraction bits. */
export const BF16: FloatFormat = fullRangeFormat(7);

/** IEEE 754 binary16. The largest finite value is 65504. */
export const FP16: FloatFormat = Object.freeze({
  exponentBits: 5,
  fractionBits: 10,
  subnormals: true,
  overflow: 'infinity',
});

/** OCP 8-bit floating point E5M2: IEEE-like. The largest finite value is 57344. */
export const E5M2: FloatFormat = Object.freeze({
  exponentBits: 5,
  fractionBits: 2,
  subnormals: true,
  overflow: 'infinity',
});

/** OCP 8-bit floating point E4M3: no infinities, so that its top binade reaches 448. */
export const E4M3: FloatFormat = Object.freeze({
  exponentBits: 4,
  fractionBits: 3,
  subnormals: true,
  overflow: 'saturate',
  maxFinite: 448,
});

/** The exponent of the smallest normal value: -126 for float32, -14 for fp16. */
export function minExponent(format: FloatFormat): number {
  return 2 - 2 ** (format.exponentBits - 1);
}

/** Whether values keep float32's exponents, so that rounding changes the fraction alone. */
export function hasFloat32Range({exponentBits, overflow, maxFinite}: FloatFormat): boolean {
  return exponentBits === 8 && overflow === 'infinity' && maxFinite === undefined;
}

/** The largest finite value: `format.maxFinite`, or that of an IEEE-like format. */
export function largestFinite(format: FloatFormat): number {
  const {exponentBits, fractionBits, maxFinite} = format;
  return maxFinite ?? (2 - 2 ** -fractionBits) * 2 ** (2 ** (exponentBits - 1) - 1);
}

/**
 * Rounds a float32 value to a format.
 *
 * - NaN passes unrounded: rounding the bits 0x7fffffff would give -0.
 * - Values below the smallest normal of a format without subnormals become a zero of the same
 *   sign, before they are rounded: one that would round up to the smallest normal does not.
 * - `truncate` drops the fraction bits the format lacks. `nearestEven` may carry into the exponent.
 * - What then lies beyond the largest finite value becomes infinity, or under `saturate` the
 *   largest finite value; so does an infinite operand, as saturating formats have no infinity.
 *
 * @param x Rounded to float32 first if it is not one.
 */
export function roundOperand(x: number, format: FloatFormat, rounding: OperandRounding): number {
  const value = Math.fround(x);
  if (value !== value) return NaN;
  const {smallestNormal, smallestSubnormal, limit} = rangeOf(format);
  const magnitude = Math.abs(value);
  if (magnitude < smallestNormal) {
    const steps = format.subnormals ? roundInteger(magnitude / smallestSubnormal, rounding) : 0;
    return copySign(steps * smallestSubnormal, value);
  }
  const rounded = roundFraction(magnitude, format.fractionBits, rounding);
  if (rounded <= limit) return copySign(rounded, value);
  return copySign(format.overflow === 'saturate' ? limit : Infinity, value);
}

interface Range {
  readonly smallestNormal: number;
  readonly smallestSubnormal: number;
  readonly limit: number;
}

/** Kept, since powers cost more than all the rest of a rounding. */
const ranges = new WeakMap<FloatFormat, Range>();

function rangeOf(format: FloatFormat): Range {
  let range = ranges.get(format);
  if (range === undefined) {
    const smallestNormal = 2 ** minExponent(format);
    range = {
      smallestNormal,
      smallestSubnormal: smallestNormal * 2 ** -format.fractionBits,
      limit: largestFinite(format),
    };
    ranges.set(format, range);
  }
  return range;
}

/** Exponent and fraction are one integer, so the carry out of the fraction needs no care. */
function roundFraction(magnitude: number, m: number, rounding: OperandRounding): number {
  const dropped = 23 - m;
  if (dropped === 0) return magnitude;
  const u = floatToBits(magnitude);
  const keep = -1 << dropped;
  if (rounding === 'truncate') return bitsToFloat(u & keep);
  // Half a unit, less one where the kept part is even, so that ties go to even.
  const half = (1 << (dropped - 1)) - 1 + ((u >>> dropped) & 1);
  return bitsToFloat((u + half) & keep);
}

export function roundInteger(q: number, rounding: OperandRounding): number {
  const floor = Math.floor(q);
  if (rounding === 'truncate') return floor;
  const rest = q - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function copySign(magnitude: number, sign: number): number {
  return sign < 0 || Object.is(sign, -0) ? -magnitude : magnitude;
}
