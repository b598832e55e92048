// SPDX-License-Identifier: Apache-2.0
/** Rounding of operands in WebAssembly's memory to a multiplier's format, and the exponents they have. */
import {FLOAT32, hasFloat32Range, largestFinite, type Multiplier} from '@tfjs-approx/lut-builder';
import type {WasmExports} from './wasm-instance.js';

/** Biased exponents of non-zero values; 255 is that of infinity and NaN. */
export interface ExponentRange {
  readonly low: number;
  readonly high: number;
}

/** @param at address of `count` float32 values, of a buffer whose size is a multiple of 16 bytes. */
export function roundOperands(
  exports: WasmExports,
  at: number,
  count: number,
  multiplier: Multiplier,
): ExponentRange {
  const seen = rounded(exports, at, count, multiplier);
  return {low: seen & 255, high: seen >> 8};
}

/** A float32 multiplier rounds nothing and does not care. */
const ALL_EXPONENTS = 1 + (255 << 8);

function rounded(
  {roundFractions, roundValues}: WasmExports,
  at: number,
  count: number,
  {format, rounding, exact}: Multiplier,
): number {
  if (exact) return ALL_EXPONENTS;
  const dropped = FLOAT32.fractionBits - format.fractionBits;
  const nearestEven = Number(rounding === 'nearestEven');
  if (hasFloat32Range(format) && !format.subnormals) {
    return roundFractions(at, count, dropped, nearestEven);
  }
  const smallestNormal = 2 ** (2 - 2 ** (format.exponentBits - 1));
  const smallestSubnormal = format.subnormals
    ? smallestNormal * 2 ** -format.fractionBits
    : Infinity;
  return roundValues(
    at,
    count,
    dropped,
    nearestEven,
    smallestNormal,
    smallestSubnormal,
    largestFinite(format),
    Number(format.overflow === 'saturate'),
  );
}
