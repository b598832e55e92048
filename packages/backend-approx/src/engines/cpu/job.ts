// SPDX-License-Identifier: Apache-2.0
/** The job of wasm/job.h: the same fields in the same order, one 32-bit word each. */

export const NATIVE = 0;
export const LOG_ADD = 1;
export const TABLE = 2;

export const MULTIPLY = 0;
export const REDUCE = 1;
export const ROUND = 2;

export const ACTIVATIONS = {linear: 0, relu: 1, relu6: 2} as const;

export const JOB_FIELDS = [
  'phase',
  'form',
  'exact',
  'unchecked',
  'normalised',
  'mantissaBits',
  'lowestRow',
  'highestRow',
  'lowestLane',
  'highestLane',
  'lowestSum',
  'highestSum',
  'cut',
  'lowestBit',
  'rowAdd',
  'offsetAdd',
  'checkFrom',
  'keepBelow',
  'rowSignificands',
  'laneSignificands',
  'table',
  'rowSource',
  'laneSource',
  'bias',
  'output',
  'partials',
  'rowB',
  'rowX',
  'rowK',
  'laneB',
  'laneX',
  'laneK',
  'outB',
  'outRow',
  'outLane',
  'biasB',
  'biasRow',
  'biasLane',
  'activation',
  'batches',
  'rows',
  'lanes',
  'k',
  'blocks',
  'blockSize',
  'rowTile',
  'laneTile',
  'rowTiles',
  'laneTiles',
  'values',
  'count',
  'chunk',
  'dropped',
  'nearestEven',
  'seen',
] as const;

type Field = (typeof JOB_FIELDS)[number];
type RoundField = 'values' | 'count' | 'chunk' | 'dropped' | 'nearestEven' | 'seen';

/** Of a contraction. */
export type JobFields = Record<Exclude<Field, RoundField>, number>;
/** Of rounding. */
export type RoundFields = Record<'phase' | RoundField, number>;

/** The fields of the other phases become 0. */
export function writeJob(words: Int32Array, fields: JobFields | RoundFields): void {
  const given: Partial<Record<Field, number>> = fields;
  JOB_FIELDS.forEach((name, at) => (words[at] = given[name] ?? 0));
}
