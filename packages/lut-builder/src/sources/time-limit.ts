// SPDX-License-Identifier: Apache-2.0
/** The time that a source may take to become a table. */
import type {OptionProblem} from '@tfjs-approx/arithmetic/internal';

/** Seconds; a timer cannot wait much longer. */
export const MAX_TIME_LIMIT = 2_000_000;

/** What is wrong with a time limit that no worker can keep. */
export function timeLimitProblem(seconds: unknown): OptionProblem | undefined {
  return typeof seconds === 'number' && seconds > 0 && seconds <= MAX_TIME_LIMIT
    ? undefined
    : {expected: `seconds above 0 and at most ${MAX_TIME_LIMIT}`};
}
