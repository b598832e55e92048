// SPDX-License-Identifier: Apache-2.0
/** The job of wasm/job.h: the same fields in the same order, one 32-bit word each. */

export const NATIVE = 0;
export const LOG_ADD = 1;
export const TABLE = 2;

export const MULTIPLY = 0;
export const REDUCE = 1;

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
] as const;

export type JobFields = Record<(typeof JOB_FIELDS)[number], number>;

export function writeJob(words: Int32Array, fields: JobFields): void {
  JOB_FIELDS.forEach((name, at) => (words[at] = fields[name]));
}
