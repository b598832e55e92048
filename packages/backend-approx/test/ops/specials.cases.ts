// SPDX-License-Identifier: Apache-2.0
/** Operands at the edges of float32 and of the operand formats. */

/** float32 values by their bits, so that payloads survive. */
function fromBits(...words: number[]): number[] {
  return [...new Float32Array(Uint32Array.from(words).buffer)];
}

/** NaNs with payloads that truncating or rounding would turn into something else, by bits. */
export const NAN_BITS = [0x7fc00000, 0xffc00000, 0x7f800001, 0x7fffffff, 0xffffffff, 0x7f80ffff];

export const EDGES: number[] = [
  0,
  -0,
  1,
  -1.5,
  1.9999999,
  Infinity,
  -Infinity,
  // float32's largest, and values that round up to infinity in bf16 and tf32.
  ...fromBits(0x7f7fffff, 0xff7fffff, 0x7f7f8000, 0x7f7ff000, 0x7f7f7fff),
  // The smallest normal, the largest and the smallest subnormal.
  ...fromBits(0x00800000, 0x80800001, 0x007fffff, 0x00000001, 0x807fffff),
  2 ** -63,
  -(2 ** -64),
  1.75 * 2 ** -64,
  2 ** 63,
  -1.5 * 2 ** 63,
  2 ** 64,
  2 ** 127,
  2 ** -100,
  // fp16: its largest, its limit, its smallest normal and subnormals, ties.
  65504,
  ...fromBits(0x477fefff, 0x477ff000),
  2 ** -14,
  1.5 * 2 ** -24,
  2 ** -25,
  1.0009765625 * 2 ** -25,
  // Ties of nearest-even rounding at 7 and at 10 fraction bits.
  1 + 2 ** -8,
  1 + 3 * 2 ** -8,
  1 + 2 ** -11,
  1 + 3 * 2 ** -11,
];
