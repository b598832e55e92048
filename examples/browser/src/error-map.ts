// SPDX-License-Identifier: Apache-2.0
/** The relative error of a multiplier for every pair of operand fractions, as a grid of numbers. */
import {getMultiplier, significandProducts} from '@tfjs-approx/arithmetic';
import {errorMetrics, type ErrorMetrics} from '@tfjs-approx/lut-builder';

export interface ErrorMap {
  multiplier: string;
  mantissaBits: number;
  /** Cells along each axis. */
  size: number;
  /** Pairs that a cell stands for, along each axis; a cell holds their mean. */
  pairsPerCell: number;
  /** Percent, row-major: row = first operand's fraction, ascending. */
  errors: Float32Array;
  metrics: ErrorMetrics;
}

const MOST_CELLS = 128;

/** @throws {MultiplierError} for `fp32`, which has no table. */
export function errorMap(multiplier: string): ErrorMap {
  const lut = getMultiplier(multiplier).lut();
  const products = significandProducts(lut);
  const n = 2 ** lut.mantissaBits;
  const size = Math.min(n, MOST_CELLS);
  const pairsPerCell = n / size;
  const errors = new Float32Array(size * size);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const exact = (1 + i / n) * (1 + j / n);
      const cell = Math.floor(i / pairsPerCell) * size + Math.floor(j / pairsPerCell);
      errors[cell] += (100 * (products[i * n + j] - exact)) / exact / pairsPerCell ** 2;
    }
  }
  return {
    multiplier,
    mantissaBits: lut.mantissaBits,
    size,
    pairsPerCell,
    errors,
    metrics: errorMetrics(lut),
  };
}
