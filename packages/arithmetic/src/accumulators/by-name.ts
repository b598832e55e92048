// SPDX-License-Identifier: Apache-2.0
/** Accumulators by the name that follows the `+` in the name of a MAC unit. */
import {closest} from '../edit-distance.js';
import {MultiplierError} from '../errors.js';
import type {Accumulator} from './accumulator.js';
import {fp32Accumulator} from './fp32.js';

const named: readonly Accumulator[] = [fp32Accumulator];

/**
 * The accumulator of a name; always the same object.
 *
 * @param name `fp32`.
 * @throws {MultiplierError} that suggests the name spelt most like this one, if one is near.
 */
export function accumulator(name: string): Accumulator {
  const found = named.find(candidate => candidate.name === name);
  if (found) return found;
  const names = named.map(candidate => candidate.name);
  // Options after a `:` say nothing of which name was meant.
  const near = closest(String(name).split(':')[0], names);
  throw new MultiplierError('accumulator', {
    found: `"${String(name)}"`,
    expected: 'the name of an accumulator',
    remedy: `${near ? `Did you mean "${near}"? ` : ''}Names are ${names.join(', ')}.`,
  });
}
