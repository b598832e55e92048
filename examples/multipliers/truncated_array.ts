// SPDX-License-Identifier: Apache-2.0
// An 8 x 8-bit array multiplier of significands without the partial products of its six lowest
// columns.
//
//   lut-builder build truncated_array.ts --mantissa-bits 7 -o truncated_array.safetensors

/** Of two 8-bit significands, 128..255. */
function significandProduct(p: number, q: number): number {
  let sum = 0;
  for (let bit = 0; bit < 8; bit++) {
    if ((q >> bit) & 1) sum += (p << bit) & ~0x3f;
  }
  return sum;
}

/** The floating-point multiplier around it: signs and exponents are exact. */
export default function truncatedArray(a: number, b: number): number {
  if (a === 0 || b === 0) return a * b;
  const ea = Math.floor(Math.log2(Math.abs(a)));
  const eb = Math.floor(Math.log2(Math.abs(b)));
  const p = Math.trunc((Math.abs(a) / 2 ** ea) * 128);
  const q = Math.trunc((Math.abs(b) / 2 ** eb) * 128);
  return Math.sign(a) * Math.sign(b) * significandProduct(p, q) * 2 ** (ea + eb - 14);
}
