// SPDX-License-Identifier: Apache-2.0
/**
 * Closed forms: how a significand product can be computed instead of looked up.
 *
 * A closed form is plain data, so that every engine can emit its own code for it, and it is only
 * used after a proof: `proveClosedForm` compares it with the multiplier's table over all fraction
 * pairs. Signs and exponents are exact on both sides, so agreement on significands is agreement
 * wherever the product is a normal float32.
 */
import {MultiplierError} from './errors.js';
import {bitsToFloat, floatToBits} from './float.js';
import {type MantissaLut, significandProducts} from './lut/lut.js';

/** One float32 multiplication of operands prepared one by one. */
export interface NativeForm {
  readonly kind: 'native';
  /**
   * What the first operand's significand becomes, by its top m fraction bits: 2^m float32 values
   * in [0, 4); the webgpu engine uses the table where one is outside [1, 2). Without it, the
   * significand of the operand rounded to its format.
   */
  readonly firstSignificands?: Float32Array;
  /** The same for the second operand. */
  readonly secondSignificands?: Float32Array;
  /** Fraction bits to which the product's magnitude is truncated; without it nothing is cut. */
  readonly productBits?: number;
}

/**
 * An integer addition of bit patterns, as in Mitchell's multiplier, and constants:
 *
 *     i', j' = the operands' top m fraction bits, the lowest set if setLowestBit
 *     L = bitcast<f32>(0x3f800000 + ((i' + j') << (23 - m)) + logOffset)
 *     V = L + offset, or L where that is 4 or more
 *
 * and V's fraction truncated to productBits.
 */
export interface LogAddForm {
  readonly kind: 'logAdd';
  readonly setLowestBit?: boolean;
  /** Added to the logarithm: an integer in units of 2^-23, 0 unless given. */
  readonly logOffset?: number;
  /** Added to the significand product: a multiple of 2^-22 in [0, 1), 0 unless given. */
  readonly offset?: number;
  readonly productBits?: number;
}

export type ClosedForm = NativeForm | LogAddForm;

const ONE = 0x3f800000;

/**
 * The significand product of a closed form for (1 + i/2^m) * (1 + j/2^m), as engines compute it.
 *
 * @param m Fraction bits of the operands.
 */
export function closedFormProduct(form: ClosedForm, m: number, i: number, j: number): number {
  if (form.kind === 'native') {
    const a = form.firstSignificands?.[i] ?? 1 + i / 2 ** m;
    const b = form.secondSignificands?.[j] ?? 1 + j / 2 ** m;
    return truncateFraction(Math.fround(a * b), form.productBits);
  }
  const {setLowestBit = false, logOffset = 0, offset = 0, productBits} = form;
  const lowest = setLowestBit ? 1 : 0;
  const sum = (i | lowest) + (j | lowest);
  const log = bitsToFloat(ONE + sum * 2 ** (23 - m) + logOffset);
  const corrected = Math.fround(log + offset);
  return truncateFraction(corrected >= 4 ? log : corrected, productBits);
}

function truncateFraction(value: number, bits: number | undefined): number {
  return bits === undefined ? value : bitsToFloat(floatToBits(value) & -(2 ** (23 - bits)));
}

/**
 * Compares a closed form with a table over all fraction pairs.
 *
 * @throws {MultiplierError} with the first pair on which they differ.
 */
export function proveClosedForm(form: ClosedForm, lut: MantissaLut): void {
  const n = 2 ** lut.mantissaBits;
  const products = significandProducts(lut);
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const found = closedFormProduct(form, lut.mantissaBits, i, j);
      if (products[e] === found) continue;
      throw new MultiplierError(`evaluation form of "${lut.name}"`, {
        found: `${products[e]} in the table at (${1 + i / n}, ${1 + j / n})`,
        expected: `the ${form.kind} product ${found}`,
        remedy: 'Correct the closed form, or leave it out: the table is always right.',
      });
    }
  }
}
