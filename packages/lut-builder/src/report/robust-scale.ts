// SPDX-License-Identifier: Apache-2.0
/** Where the scales of a report end: one multiplier that is far off must not flatten all the others. */

/** Times the median; four good multipliers seldom differ as much. */
export const CLIP_FACTOR = 4;

/**
 * The largest value that is at most four times the median of those above zero (the upper one of two);
 * 0 where none is. What is larger is drawn at the end of the scale, and marked.
 *
 * @param values One for each multiplier, none negative.
 */
export function robustEnd(values: readonly number[]): number {
  const sorted = values.filter(value => value > 0).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return sorted.findLast(value => value <= CLIP_FACTOR * median) ?? 0;
}
