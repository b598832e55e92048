// SPDX-License-Identifier: Apache-2.0
/** The same multiplier, fed another way: `mitchell7:nearestEven` rounds its operands to nearest. */
import {MultiplierError} from './errors.js';
import type {MantissaLut} from './lut/lut.js';
import type {Multiplier, OperandRounding} from './multiplier.js';

export const OPERAND_ROUNDINGS: readonly OperandRounding[] = ['truncate', 'nearestEven'];

const others = new WeakMap<Multiplier, Multiplier>();

/**
 * A multiplier that differs from the given one only in how float32 operands get to its format. Its
 * name is `<name>:<rounding>`, and asking again gives the same object. A multiplier of 23 fraction
 * bits rounds nothing, and is returned as it is.
 *
 * @throws {MultiplierError} for a rounding there is not.
 */
export function withRounding(multiplier: Multiplier, rounding: OperandRounding): Multiplier {
  const {name, format} = multiplier;
  if (!OPERAND_ROUNDINGS.includes(rounding)) {
    throw new MultiplierError(`operand rounding of "${name}"`, {
      found: `"${String(rounding)}"`,
      expected: OPERAND_ROUNDINGS.join(' or '),
    });
  }
  if (rounding === multiplier.rounding || format.fractionBits === 23) return multiplier;
  // There are two roundings, so there is one other.
  let other = others.get(multiplier);
  if (!other) {
    const {description, evaluation, closedForm, exact} = multiplier;
    const otherName = `${name}:${rounding}`;
    let table: MantissaLut | undefined;
    other = Object.freeze<Multiplier>({
      name: otherName,
      description,
      format,
      rounding,
      evaluation,
      closedForm,
      exact,
      lut: () => (table ??= Object.freeze({...multiplier.lut(), name: otherName, rounding})),
    });
    others.set(multiplier, other);
  }
  return other;
}
