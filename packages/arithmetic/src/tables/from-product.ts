// SPDX-License-Identifier: Apache-2.0
/** A mantissa LUT from a significand product: a function of the two integer operand fractions. */
import {type CounterExample, MultiplierError, RepresentabilityError} from '../errors.js';
import {fullRangeFormat} from '../formats/float.js';
import type {FloatFormat, OperandRounding} from '../formats/float-format.js';
import {type OptionChecks, checkOptions, integerIn, nonEmptyText, oneOf, text} from '../options.js';
import {OPERAND_ROUNDINGS} from '../multipliers/with-rounding.js';
import {checkFormat} from '../formats/check-format.js';
import type {MantissaLut} from './lut.js';
import {MAX_FRACTION_BITS, ONE, packProducts} from './pack.js';
import {productRounding, productRoundingText} from './product-rounding.js';

/** m of the largest tables: 2^22 entries, 16 MiB. */
export const MAX_MANTISSA_BITS = 11;

export interface LutOptions {
  /** Unique name of the table; family + mantissa bits is the custom. */
  readonly name: string;
  /** m, 1..11: the operands' fraction bits. */
  readonly mantissaBits: number;
  /** How float32 operands get to m bits; `truncate` unless given. */
  readonly rounding?: OperandRounding;
  /** Operand format; the range of float32 without subnormals unless given. */
  readonly format?: FloatFormat;
  /**
   * 0..22: rounds each significand product to the nearest multiple of 2^-productBits, ties to even.
   * Unless given, products are taken as they are and refused off the 2^-22 grid.
   */
  readonly productBits?: number;
  /** Where the model comes from: a citation, a file, a tool. */
  readonly provenance?: string;
}

/**
 * The answer L of a multiplier for (1 + i/2^m) * (1 + j/2^m), 0 <= i, j < 2^m.
 * A multiple of 2^-22 in [0, 4).
 */
export type SignificandProduct = (i: number, j: number) => number;

/**
 * Tabulates a significand product over all fraction pairs, in the smallest lossless encoding.
 *
 * @throws {RepresentabilityError} if a value is outside [0, 4) or off the 2^-22 grid.
 * @throws {MultiplierError} if the options are not usable.
 */
export function lutFromSignificandProduct(
  product: SignificandProduct,
  options: LutOptions,
): MantissaLut {
  const {name, mantissaBits, format, rounding, provenance} = completeOptions(options);
  const {productBits} = options;
  const rounded = productRounding(productBits);
  const n = 2 ** mantissaBits;
  const products = new Uint32Array(n * n);
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const found = product(i, j);
      const value = rounded(found);
      const stored = (value * ONE) >>> 0;
      if (stored !== value * ONE || stored >= 4 * ONE) {
        throw unusable(name, {a: 1 + i / n, b: 1 + j / n, found}, value);
      }
      products[e] = stored;
    }
  }
  return Object.freeze({
    name,
    mantissaBits,
    ...packProducts(products),
    format,
    rounding,
    provenance: [
      ...(provenance ? [provenance] : []),
      ...(productBits === undefined ? [] : [productRoundingText(productBits)]),
    ].join('; '),
  });
}

/** @param value What was found, once it is rounded. */
function unusable(
  model: string,
  example: Pick<CounterExample, 'a' | 'b' | 'found'>,
  value: number,
): RepresentabilityError {
  if (value >= 0 && value < 4) {
    return new RepresentabilityError(
      model,
      `significand product on a 2^-${MAX_FRACTION_BITS} grid`,
      {...example, expected: `a multiple of 2^-${MAX_FRACTION_BITS}`},
      `Round its products by the option productBits (--product-bits <n>), n at most ${MAX_FRACTION_BITS}.`,
    );
  }
  return new RepresentabilityError(
    model,
    'significand product in [0, 4)',
    {...example, expected: 'a value in [0, 4)'},
    example.found >= 0 && example.found < 4
      ? 'It is 4 once rounded: raise the option productBits (--product-bits <n>).'
      : undefined,
  );
}

export const LUT_OPTION_CHECKS: OptionChecks<LutOptions> = {
  name: nonEmptyText,
  mantissaBits: integerIn(
    1,
    MAX_MANTISSA_BITS,
    'A table has 2^(2m) entries; wider operands need another evaluation form.',
  ),
  rounding: value => oneOf(OPERAND_ROUNDINGS)(value),
  format: value =>
    typeof value === 'object' && value !== null
      ? undefined
      : {expected: 'a FloatFormat, such as FP16'},
  productBits: integerIn(0, MAX_FRACTION_BITS, 'Products become multiples of 2^-productBits.'),
  provenance: text,
};

/** Fills in the defaults and refuses options no table can be built with. */
export function completeOptions(options: LutOptions): Required<Omit<LutOptions, 'productBits'>> {
  const op = `tabulating "${options?.name}"`;
  checkOptions(op, options, LUT_OPTION_CHECKS);
  const {name, mantissaBits, rounding = 'truncate', provenance = ''} = options;
  const missing = name === undefined ? 'name' : mantissaBits === undefined ? 'mantissaBits' : '';
  if (missing) throw new MultiplierError(op, {found: `no ${missing}`, expected: 'one'});
  const format = options.format ?? fullRangeFormat(mantissaBits);
  const fail = (field: string, found: unknown, expected: string): never => {
    throw new MultiplierError(op, {found: `a format with ${field} = ${String(found)}`, expected});
  };
  checkFormat(format, fail);
  if (format.fractionBits !== mantissaBits) {
    fail('fractionBits', format.fractionBits, `mantissaBits = ${mantissaBits}`);
  }
  return {name, mantissaBits, rounding, format, provenance};
}
