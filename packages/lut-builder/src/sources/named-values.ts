// SPDX-License-Identifier: Apache-2.0
/** Macros and parameters that are given a value: `{WIDTH: 8}`; an empty text is a name alone. */
import type {OptionProblem} from '@tfjs-approx/arithmetic/internal';

export type NamedValues = Readonly<Record<string, number | string>>;

export function namedValues(value: unknown): OptionProblem | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  const isGood = (item: unknown) => typeof item === 'number' || typeof item === 'string';
  return isRecord && Object.values(value).every(isGood)
    ? undefined
    : {expected: 'an object of numbers or texts by name, such as {WIDTH: 8}'};
}

export function flag(value: unknown): OptionProblem | undefined {
  return typeof value === 'boolean' ? undefined : {expected: 'true or false'};
}
