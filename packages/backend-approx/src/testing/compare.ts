// SPDX-License-Identifier: Apache-2.0
/** Comparison of float32 results by bits: NaNs are equal, signs of zero are not compared. */
import {AssertionError} from 'chai';

const value = new Float32Array(1);
const bits = new Uint32Array(value.buffer);

function show(x: number): string {
  value[0] = x;
  return `${x} (0x${bits[0].toString(16).padStart(8, '0')})`;
}

/** Equal bits, NaN payloads and signs of zero aside. */
export function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}

function expectAll(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  agrees: (a: number, b: number, index: number) => boolean,
): void {
  if (actual.length !== expected.length) {
    throw new AssertionError(`${what}: ${actual.length} values, expected ${expected.length}`);
  }
  let first = -1;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (same(actual[i], expected[i]) || agrees(actual[i], expected[i], i)) continue;
    if (first < 0) first = i;
    count++;
  }
  if (count === 0) return;
  throw new AssertionError(
    `${what}: ${count} of ${expected.length} values differ; the first is [${first}]: ` +
      `${show(actual[first])}, expected ${show(expected[first])}`,
  );
}

export function expectSameBits(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): void {
  expectAll(what, actual, expected, () => false);
}

/** Equal bits, or an absolute difference of at most `tolerance` (one, or one per value). */
export function expectWithin(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number | ArrayLike<number>,
): void {
  expectAll(what, actual, expected, (a, b, i) => {
    return Math.abs(a - b) <= (typeof tolerance === 'number' ? tolerance : tolerance[i]);
  });
}
