// SPDX-License-Identifier: Apache-2.0
/**
 * The CPU engine's inner loops: one row of operands times a panel of lanes, added to a row of
 * float32 sums in ascending k.
 *
 * Doubles stand in for float32 without a difference: a product that stays normal has at most 24
 * significant bits (a power of two times a table entry, or two short operands), and the double
 * sum of two float32 values rounds to the same float32 as the exact sum (53 >= 2 * 24 + 2;
 * Figueroa 1995). The careful loops round and flush every product as the functional model does.
 */

/** sums[s0 + j] += rowScale[r + k] * laneScale[k, j] * table[rowIndex[r + k] * 2^m + laneIndex[k, j]] */
export interface RowTimesLanes {
  sums: Float32Array;
  sumsStart: number;
  rowValue: Float32Array;
  rowIndex: Int32Array;
  rowStart: number;
  laneValue: Float32Array;
  laneIndex: Int32Array;
  lanes: number;
  k: number;
  /** Significand products; the row operand selects the table's row. */
  table: Float32Array;
  mantissaBits: number;
}

const SMALLEST_NORMAL = 2 ** -126;

export function addTableProducts(work: RowTimesLanes): void {
  const {sums, sumsStart, rowValue, rowIndex, rowStart, laneValue, laneIndex} = work;
  const {lanes, k, table, mantissaBits} = work;
  let at = 0;
  let row = rowStart;
  // Four products per visit of a sum: loads and stores of sums cost as much as a product.
  for (; at + 4 <= k; at += 4, row += 4) {
    addFourTableProducts(
      sums,
      sumsStart,
      laneValue,
      laneIndex,
      at * lanes,
      lanes,
      table,
      rowValue[row],
      rowValue[row + 1],
      rowValue[row + 2],
      rowValue[row + 3],
      rowIndex[row] << mantissaBits,
      rowIndex[row + 1] << mantissaBits,
      rowIndex[row + 2] << mantissaBits,
      rowIndex[row + 3] << mantissaBits,
    );
  }
  for (; at < k; at++, row++) {
    const scale = rowValue[row];
    const tableRow = rowIndex[row] << mantissaBits;
    for (let j = 0, p = at * lanes; j < lanes; j++, p++) {
      sums[sumsStart + j] += scale * laneValue[p] * table[tableRow + laneIndex[p]];
    }
  }
}

function addFourTableProducts(
  sums: Float32Array,
  sumsStart: number,
  laneValue: Float32Array,
  laneIndex: Int32Array,
  start: number,
  lanes: number,
  table: Float32Array,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
  r0: number,
  r1: number,
  r2: number,
  r3: number,
): void {
  for (let j = 0; j < lanes; j++) {
    let p = start + j;
    let sum = sums[sumsStart + j];
    sum = Math.fround(sum + s0 * laneValue[p] * table[r0 + laneIndex[p]]);
    p += lanes;
    sum = Math.fround(sum + s1 * laneValue[p] * table[r1 + laneIndex[p]]);
    p += lanes;
    sum = Math.fround(sum + s2 * laneValue[p] * table[r2 + laneIndex[p]]);
    p += lanes;
    sum = Math.fround(sum + s3 * laneValue[p] * table[r3 + laneIndex[p]]);
    sums[sumsStart + j] = sum;
  }
}

/** Products that may over- or underflow: rounded left to right, flushed by the exponents alone. */
export function addTableProductsCarefully(work: RowTimesLanes): void {
  const {sums, sumsStart, rowValue, rowIndex, rowStart, laneValue, laneIndex} = work;
  const {lanes, k, table, mantissaBits} = work;
  for (let at = 0; at < k; at++) {
    const rowScale = rowValue[rowStart + at];
    const tableRow = rowIndex[rowStart + at] << mantissaBits;
    for (let j = 0, p = at * lanes; j < lanes; j++, p++) {
      const scale = Math.fround(rowScale * laneValue[p]);
      const flushed = Math.abs(scale) < SMALLEST_NORMAL ? 0 : scale;
      sums[sumsStart + j] += Math.fround(flushed * table[tableRow + laneIndex[p]]);
    }
  }
}

/** Native products that are exact in float32 (short operands): no rounding of the product. */
export function addExactNativeProducts(work: RowTimesLanes): void {
  const {sums, sumsStart, rowValue, rowStart, laneValue, lanes, k} = work;
  let at = 0;
  let row = rowStart;
  for (; at + 4 <= k; at += 4, row += 4) {
    const v0 = rowValue[row];
    const v1 = rowValue[row + 1];
    const v2 = rowValue[row + 2];
    const v3 = rowValue[row + 3];
    for (let j = 0; j < lanes; j++) {
      let p = at * lanes + j;
      let sum = sums[sumsStart + j];
      sum = Math.fround(sum + v0 * laneValue[p]);
      p += lanes;
      sum = Math.fround(sum + v1 * laneValue[p]);
      p += lanes;
      sum = Math.fround(sum + v2 * laneValue[p]);
      p += lanes;
      sum = Math.fround(sum + v3 * laneValue[p]);
      sums[sumsStart + j] = sum;
    }
  }
  for (; at < k; at++, row++) {
    const value = rowValue[row];
    for (let j = 0, p = at * lanes; j < lanes; j++, p++) {
      sums[sumsStart + j] += value * laneValue[p];
    }
  }
}

/** fp32: each product is rounded to float32 before it is added. */
export function addRoundedNativeProducts(work: RowTimesLanes): void {
  const {sums, sumsStart, rowValue, rowStart, laneValue, lanes, k} = work;
  let at = 0;
  let row = rowStart;
  for (; at + 4 <= k; at += 4, row += 4) {
    const v0 = rowValue[row];
    const v1 = rowValue[row + 1];
    const v2 = rowValue[row + 2];
    const v3 = rowValue[row + 3];
    for (let j = 0; j < lanes; j++) {
      let p = at * lanes + j;
      let sum = sums[sumsStart + j];
      sum = Math.fround(sum + Math.fround(v0 * laneValue[p]));
      p += lanes;
      sum = Math.fround(sum + Math.fround(v1 * laneValue[p]));
      p += lanes;
      sum = Math.fround(sum + Math.fround(v2 * laneValue[p]));
      p += lanes;
      sum = Math.fround(sum + Math.fround(v3 * laneValue[p]));
      sums[sumsStart + j] = sum;
    }
  }
  for (; at < k; at++, row++) {
    const value = rowValue[row];
    for (let j = 0, p = at * lanes; j < lanes; j++, p++) {
      sums[sumsStart + j] += Math.fround(value * laneValue[p]);
    }
  }
}
