// SPDX-License-Identifier: Apache-2.0
/** Options of builders are checked at once: one that is misspelt or of another type would do nothing. */
import {closest} from './edit-distance.js';
import {MultiplierError} from './errors.js';

/** Each option there is, and what is wrong with a value of it; undefined where nothing is. */
export type OptionChecks<Options> = {
  readonly [Key in keyof Required<Options>]: (value: unknown) => OptionProblem | undefined;
};

export interface OptionProblem {
  readonly expected: string;
  readonly remedy?: string;
}

/**
 * @param op Named in the error: `buildLut`.
 * @throws {MultiplierError} for an option there is not, and for a value that it cannot have.
 */
export function checkOptions<Options extends object>(
  op: string,
  options: Options,
  checks: OptionChecks<Options>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new MultiplierError(op, {found: `options = ${shown(options)}`, expected: 'an object'});
  }
  const known = Object.keys(checks);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!known.includes(key)) {
      const name = closest(key, known);
      throw new MultiplierError(op, {
        found: `the option ${key}`,
        expected: known.join(', '),
        ...(name === undefined ? {} : {remedy: `Did you mean ${name}?`}),
      });
    }
    const problem = checks[key as keyof Options](value);
    if (problem) throw new MultiplierError(op, {found: `${key} = ${shown(value)}`, ...problem});
  }
}

export const anyValue = () => undefined;

export const text = (value: unknown) =>
  typeof value === 'string' ? undefined : {expected: 'a text'};

export const nonEmptyText = (value: unknown) =>
  typeof value === 'string' && value !== '' ? undefined : {expected: 'a text that is not empty'};

export const texts = (value: unknown) =>
  Array.isArray(value) && value.every(item => typeof item === 'string')
    ? undefined
    : {expected: 'an array of texts'};

export const integerIn = (low: number, high: number, remedy?: string) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high
    ? undefined
    : {expected: `an integer in ${low}..${high}`, remedy};

export const oneOf = (values: readonly string[]) => (value: unknown) =>
  values.includes(value as string) ? undefined : {expected: values.join(' or ')};

function shown(value: unknown): string {
  if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
    return JSON.stringify(value);
  }
  return String(value);
}
