// SPDX-License-Identifier: Apache-2.0
/** A family of multipliers: one published design, for every width of mantissa it is made for. */
import type {Multiplier} from '../multiplier.js';

export interface MultiplierFamily {
  /** The name of a member is this and its mantissa bits: `mbm` + `7`. */
  readonly name: string;
  readonly minMantissaBits: number;
  readonly maxMantissaBits: number;
  /** @param mantissaBits m, within the limits above. */
  member(mantissaBits: number): Multiplier;
}

/** L = 2^carry * (1 + mant/n), the form in which most published designs state their product. */
export function normalisedProduct(carry: number, mant: number, n: number): number {
  return (1 + carry) * (1 + mant / n);
}
