// SPDX-License-Identifier: Apache-2.0
/**
 * Closed forms: how a significand product can be computed instead of looked up.
 *
 * A closed form is plain data, so that every engine can emit its own code for it, and it is only
 * used after a proof: `proveClosedForm` compares it with the multiplier's table over all fraction
 * pairs. Signs and exponents are exact on both sides, so agreement on significands is agreement
 * wherever the product is a normal float32.
 */
import {MultiplierError} from '../errors.js';
import {bitsToFloat, floatToBits} from '../formats/float.js';
import {type MantissaLut, significandProducts} from '../tables/lut.js';

/** One float32 multiplication of operands prepared one by one. */
export interface NativeForm {
  readonly kind: 'native';
  /**
   * What the first operand's significand becomes, by its top m fraction bits: 2^m float32 values,
   * each 0 or in [2^-22, 4); the webgpu engine uses the table where one is outside [1, 2). Without
   * it, the significand of the operand rounded to its format.
   */
  readonly firstSignificands?: Float32Array;
  /** The same for the second operand. */
  readonly secondSignificands?: Float32Array;
  /** Fraction bits to which the product's magnitude is truncated, 0..23; without it nothing is cut. */
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
  /** Added to the logarithm: an integer in units of 2^-23, from -2^23 to 2^23, 0 unless given. */
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

const FRACTION_BITS = 23;
const LARGEST_LOG_OFFSET = 2 ** 23;
/** Of significands that are not 0. No product of two is so small that float32 would lose it. */
const SMALLEST_SIGNIFICAND = 2 ** -22;

/**
 * @param m Fraction bits of the operands.
 * @param name Of the multiplier.
 * @throws {MultiplierError} that names the first field whose value no engine can use.
 */
export function checkClosedForm(form: ClosedForm, m: number, name: string): void {
  const fail = (field: string, found: unknown, expected: string) => {
    throw new MultiplierError(`closed form of "${name}"`, {
      found: `${field} = ${String(found)}`,
      expected,
    });
  };
  const {kind, productBits = FRACTION_BITS} = form;
  if (kind !== 'native' && kind !== 'logAdd') fail('kind', kind, 'native or logAdd');
  if (!isIntegerIn(productBits, 0, FRACTION_BITS)) {
    fail('productBits', productBits, `an integer in 0..${FRACTION_BITS}`);
  }
  if (kind === 'native') {
    for (const field of ['firstSignificands', 'secondSignificands'] as const) {
      const values = form[field];
      if (values === undefined) continue;
      if (!(values instanceof Float32Array)) fail(field, typeof values, 'a Float32Array');
      if (values.length !== 2 ** m) fail(`${field}.length`, values.length, `2^${m}`);
      const wrong = values.findIndex(value => !isSignificand(value));
      if (wrong >= 0)
        fail(`${field}[${wrong}]`, shown(values[wrong]), '0, or 2^-22 or more and below 4');
    }
    return;
  }
  const {setLowestBit = false, logOffset = 0, offset = 0} = form;
  if (typeof setLowestBit !== 'boolean') fail('setLowestBit', setLowestBit, 'true or false');
  if (!isIntegerIn(logOffset, -LARGEST_LOG_OFFSET, LARGEST_LOG_OFFSET)) {
    fail('logOffset', logOffset, 'an integer in -2^23..2^23');
  }
  if (!isIntegerIn(offset * 2 ** 22, 0, 2 ** 22 - 1)) {
    fail('offset', offset, 'a multiple of 2^-22 in [0, 1)');
  }
}

/** Not -0: its sign would become the product's. */
function isSignificand(value: number): boolean {
  return Object.is(value, 0) || (value >= SMALLEST_SIGNIFICAND && value < 4);
}

function shown(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function isIntegerIn(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

/** By form and entries, which variants of a multiplier share: how the entries were read. */
const proven = new WeakMap<ClosedForm, WeakMap<MantissaLut['entries'], string>>();

/**
 * Compares a closed form with a table over all fraction pairs; once, however often it is asked.
 *
 * @throws {MultiplierError} with the first pair on which they differ, or a field that is out of range.
 */
export function proveClosedForm(form: ClosedForm, lut: MantissaLut): void {
  const reading = `${lut.mantissaBits} ${lut.encoding} ${lut.resultBits}`;
  let tables = proven.get(form);
  if (tables?.get(lut.entries) === reading) return;
  checkClosedForm(form, lut.mantissaBits, lut.name);
  compare(form, lut);
  if (!tables) proven.set(form, (tables = new WeakMap()));
  tables.set(lut.entries, reading);
}

function compare(form: ClosedForm, lut: MantissaLut): void {
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
