// SPDX-License-Identifier: Apache-2.0
/** The same multiplier, fed another way: `mitchell7:nearestEven` rounds its operands to nearest. */
import {MultiplierError} from '../errors.js';
import type {OperandRounding} from '../formats/float-format.js';
import type {Multiplier} from './multiplier.js';
import {variantOf} from './variant.js';

export const OPERAND_ROUNDINGS: readonly OperandRounding[] = ['truncate', 'nearestEven'];

/**
 * The variant of a multiplier whose float32 operands get to its format in the given way. Its name is
 * `<name>:<rounding>`, or `<name>` where that rounds so already. A multiplier of 23 fraction bits
 * rounds nothing, and is returned as it is.
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
  return format.fractionBits === 23 ? multiplier : variantOf(multiplier, {rounding});
}
