// SPDX-License-Identifier: Apache-2.0
// Mitchell's logarithmic multiplier (1962) for 8-bit significands: log2(1 + x) is taken to be x.
//
//   lut-builder build mitchell8.ts --mantissa-bits 7 -o mitchell8.safetensors

/** Of two 8-bit significands, 128..255. */
function significandProduct(p: number, q: number): number {
  const s = p - 128 + (q - 128);
  return (s < 128 ? 128 + s : 2 * s) << 7;
}

/** The floating-point multiplier around it: signs and exponents are exact. */
export default function mitchell8(a: number, b: number): number {
  if (a === 0 || b === 0) return a * b;
  const ea = Math.floor(Math.log2(Math.abs(a)));
  const eb = Math.floor(Math.log2(Math.abs(b)));
  const p = Math.trunc((Math.abs(a) / 2 ** ea) * 128);
  const q = Math.trunc((Math.abs(b) / 2 ** eb) * 128);
  return Math.sign(a) * Math.sign(b) * significandProduct(p, q) * 2 ** (ea + eb - 14);
}
