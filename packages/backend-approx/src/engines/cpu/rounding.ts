// SPDX-License-Identifier: Apache-2.0
/** Rounding of operands in WebAssembly's memory to a unit's format, and the exponents they have. */
import {
  FLOAT32,
  hasFloat32Range,
  largestFinite,
  type OperandEncoding,
} from '@tfjs-approx/arithmetic';
import {JOB_FIELDS, ROUND, writeJob} from './job.js';
import {JOB, type WasmInstance} from './wasm-instance.js';

/** Biased exponents of non-zero values; 255 is that of infinity and NaN. */
export interface ExponentRange {
  readonly low: number;
  readonly high: number;
}

/** Values that a thread rounds at a time. */
const CHUNK = 2 ** 14;

/**
 * @param at address of `count` float32 values, of a buffer whose size is a multiple of 16 bytes.
 * @param encoding null where values are taken as they are.
 */
export function roundOperands(
  wasm: WasmInstance,
  at: number,
  count: number,
  encoding: OperandEncoding | null,
): ExponentRange {
  // Who takes values as they are does not care.
  if (encoding === null) return {low: 1, high: 255};
  const {format, rounding} = encoding;
  const dropped = FLOAT32.fractionBits - format.fractionBits;
  const nearestEven = Number(rounding === 'nearestEven');
  if (hasFloat32Range(format) && !format.subnormals) {
    return roundFractions(wasm, at, count, dropped, nearestEven);
  }
  const smallestNormal = 2 ** (2 - 2 ** (format.exponentBits - 1));
  const smallestSubnormal = format.subnormals
    ? smallestNormal * 2 ** -format.fractionBits
    : Infinity;
  const seen = wasm.exports.roundValues(
    at,
    count,
    dropped,
    nearestEven,
    smallestNormal,
    smallestSubnormal,
    largestFinite(format),
    Number(format.overflow === 'saturate'),
  );
  return rangeOf(seen);
}

function rangeOf(seen: number): ExponentRange {
  return {low: seen & 255, high: seen >> 8};
}

/** By all threads, where there is enough to do; the contraction then finds them awake. */
function roundFractions(
  wasm: WasmInstance,
  values: number,
  count: number,
  dropped: number,
  nearestEven: number,
): ExponentRange {
  const {threadCount} = wasm;
  if (threadCount === 1 || count < 4 * CHUNK) {
    return rangeOf(wasm.exports.roundFractions(values, count, dropped, nearestEven));
  }
  return wasm.scoped(() => {
    const seen = wasm.allocate(8);
    wasm.words(seen, 2).set([255, 0]);
    const job = {phase: ROUND, values, count, chunk: CHUNK, dropped, nearestEven, seen};
    writeJob(wasm.words(JOB, JOB_FIELDS.length), job);
    // Rounding takes no workspace.
    wasm.threads.run(Math.ceil(count / CHUNK), new Array<number>(threadCount).fill(0), true);
    const [low, high] = wasm.words(seen, 2);
    return {low, high};
  });
}
