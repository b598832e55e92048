// SPDX-License-Identifier: Apache-2.0
/**
 * The shape of a multiplier's error, beyond single numbers: where in the table it is, how often each
 * size of it occurs, and how it depends on the exact product. Relative errors are in percent.
 */
import {type MantissaLut, significandProducts} from '@tfjs-approx/arithmetic';

/** (product - exact) / exact in percent for all fraction pairs, row-major, row = first operand. */
export function relativeErrors(lut: MantissaLut): Float64Array {
  const products = significandProducts(lut);
  const n = 2 ** lut.mantissaBits;
  const errors = new Float64Array(n * n);
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const exact = (1 + i / n) * (1 + j / n);
      errors[e] = (100 * (products[e] - exact)) / exact;
    }
  }
  return errors;
}

/** A table of errors, made smaller for a picture. */
export interface ErrorGrid {
  /** Cells along each axis. */
  readonly side: number;
  /** Pairs along each axis of a cell; a cell holds the error of the largest magnitude among them. */
  readonly pairsPerCell: number;
  /** Row-major, row = first operand. */
  readonly errors: Float32Array;
}

/** The largest error, not the mean, as errors of both signs in a cell would cancel. */
export function errorGrid(errors: Float64Array, mostCells = 128): ErrorGrid {
  const n = Math.sqrt(errors.length);
  const side = Math.min(n, mostCells);
  const pairsPerCell = n / side;
  const cells = new Float32Array(side * side);
  for (let i = 0, e = 0; i < n; i++) {
    const row = Math.floor(i / pairsPerCell) * side;
    for (let j = 0; j < n; j++, e++) {
      const cell = row + Math.floor(j / pairsPerCell);
      if (Math.abs(errors[e]) > Math.abs(cells[cell])) cells[cell] = errors[e]!;
    }
  }
  return {side, pairsPerCell, errors: cells};
}

export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  /** Of all pairs, in percent. */
  readonly share: number;
  /** Whether larger errors are counted in it too. */
  readonly andBeyond?: true;
}

/** Width of bins that split a range of errors into about 60; a round number. */
export function binWidth(min: number, max: number): number {
  const rough = (max - min) / 60;
  if (rough === 0) return 0.01;
  const decade = 10 ** Math.floor(Math.log10(rough));
  return decade * [1, 2, 5, 10].find(step => step * decade >= rough)!;
}

/**
 * Bins from the smallest to the largest error; zero is the middle of a bin, as exact products pile up
 * there. Errors of a size above `end` are counted in the last bin of their side.
 */
export function errorHistogram(
  errors: Float64Array,
  width: number,
  end = Infinity,
): HistogramBin[] {
  const last = Math.ceil(end / width);
  const counts = new Map<number, number>();
  const beyond = new Set<number>();
  for (let e = 0; e < errors.length; e++) {
    const bin = Math.max(-last, Math.min(last, Math.round(errors[e] / width)));
    if (Math.abs(errors[e]) > (last + 0.5) * width) beyond.add(bin);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const bins = [...counts.keys()];
  const first = Math.min(...bins);
  return Array.from({length: Math.max(...bins) - first + 1}, (_, b) => ({
    low: (first + b - 0.5) * width,
    high: (first + b + 0.5) * width,
    share: (100 * (counts.get(first + b) ?? 0)) / errors.length,
    ...(beyond.has(first + b) ? {andBeyond: true as const} : {}),
  }));
}

/** The errors of the pairs whose exact product P lies in one slice of a binade. */
export interface ProductBin {
  /** log2 P at the middle of the slice, 0..2; from 1 on the exact product carries. */
  readonly log2: number;
  readonly pairs: number;
  readonly mean: number;
  readonly meanAbsolute: number;
  /** The largest magnitude. */
  readonly worstCase: number;
}

export const SLICES_PER_BINADE = 16;

/** Slices of [1, 4) that hold no pair are left out. */
export function errorsByProduct(errors: Float64Array): ProductBin[] {
  const n = Math.sqrt(errors.length);
  const slices = 2 * SLICES_PER_BINADE;
  const pairs = new Float64Array(slices);
  const sums = new Float64Array(slices);
  const absolute = new Float64Array(slices);
  const worst = new Float64Array(slices);
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const slice = Math.floor(SLICES_PER_BINADE * Math.log2((1 + i / n) * (1 + j / n)));
      const magnitude = Math.abs(errors[e]);
      pairs[slice]++;
      sums[slice] += errors[e];
      absolute[slice] += magnitude;
      worst[slice] = Math.max(worst[slice], magnitude);
    }
  }
  return Array.from(pairs, (count, s) => ({
    log2: (s + 0.5) / SLICES_PER_BINADE,
    pairs: count,
    mean: sums[s] / count,
    meanAbsolute: absolute[s] / count,
    worstCase: worst[s],
  })).filter(bin => bin.pairs > 0);
}
