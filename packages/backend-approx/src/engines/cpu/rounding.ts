// SPDX-License-Identifier: Apache-2.0
/** Rounding of operands in WebAssembly's memory to a multiplier's format. */
import {FLOAT32, hasFloat32Range, largestFinite, type Multiplier} from '@tfjs-approx/lut-builder';
import type {WasmExports} from './wasm-instance.js';

/** @param at address of `count` float32 values, of a buffer whose size is a multiple of 16 bytes. */
export function roundOperands(
  {roundFractions, roundValues}: WasmExports,
  at: number,
  count: number,
  {format, rounding, exact}: Multiplier,
): void {
  if (exact) return;
  const dropped = FLOAT32.fractionBits - format.fractionBits;
  const nearestEven = Number(rounding === 'nearestEven');
  if (hasFloat32Range(format) && !format.subnormals) {
    roundFractions(at, count, dropped, nearestEven);
    return;
  }
  const smallestNormal = 2 ** (2 - 2 ** (format.exponentBits - 1));
  const smallestSubnormal = format.subnormals
    ? smallestNormal * 2 ** -format.fractionBits
    : Infinity;
  roundValues(
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
