// SPDX-License-Identifier: Apache-2.0
/** The time that a source may take to become a table. */
import {MultiplierError} from '../errors.js';

/** Seconds; a timer cannot wait much longer. */
export const MAX_TIME_LIMIT = 2_000_000;

/** @throws {MultiplierError} if a time limit is none that a worker can keep. */
export function checkTimeLimit(op: string, seconds: number): void {
  if (seconds > 0 && seconds <= MAX_TIME_LIMIT) return;
  throw new MultiplierError(op, {
    found: `timeLimit = ${seconds}`,
    expected: `seconds above 0 and at most ${MAX_TIME_LIMIT}`,
  });
}
