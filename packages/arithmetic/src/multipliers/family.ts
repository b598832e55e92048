// SPDX-License-Identifier: Apache-2.0
/** A family of multipliers: one published design, for every width and parameter it is made for. */
import type {Multiplier} from './multiplier.js';

/** A number that selects a member beside its width, such as the k of DRUM-k. */
export interface FamilyParameter {
  /** As in the literature: `k`. */
  readonly symbol: string;
  /** What it counts: `bits kept of each operand`. */
  readonly meaning: string;
  /** Its values in words: `2..m`. */
  readonly range: string;
  /**
   * Its values.
   *
   * @param mantissaBits m
   * @param before The parameters before this one.
   */
  values(mantissaBits: number, ...before: number[]): readonly number[];
  /** Those that `listMultipliers` names, if not all. */
  readonly listed?: readonly number[];
}

export interface MultiplierFamily {
  /**
   * The name of a member is this and its mantissa bits, `mbm` + `7`, or where there are parameters
   * this, the parameters and the mantissa bits: `drum` + `6` + `-7`.
   */
  readonly name: string;
  /** One line for people: the design and where it was published. */
  readonly description: string;
  readonly parameters?: readonly FamilyParameter[];
  readonly minMantissaBits: number;
  readonly maxMantissaBits: number;
  /**
   * @param mantissaBits m, within the limits above.
   * @param parameters One value for each parameter.
   */
  member(mantissaBits: number, ...parameters: number[]): Multiplier;
}

/** The integers low..high. */
export function integersFrom(low: number, high: number): number[] {
  return Array.from({length: Math.max(0, high - low + 1)}, (_, k) => low + k);
}

export function memberName(family: string, mantissaBits: number, parameters: readonly number[]) {
  return parameters.length === 0
    ? `${family}${mantissaBits}`
    : `${family}${parameters.join('-')}-${mantissaBits}`;
}

/** L = 2^carry * (1 + mant/n), the form in which most published designs state their product. */
export function normalisedProduct(carry: number, mant: number, n: number): number {
  return (1 + carry) * (1 + mant / n);
}
