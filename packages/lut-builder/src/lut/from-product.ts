// SPDX-License-Identifier: Apache-2.0
/** A mantissa LUT from a significand product: a function of the two integer operand fractions. */
import {MultiplierError, RepresentabilityError} from '../errors.js';
import {fullRangeFormat} from '../float.js';
import type {FloatFormat, OperandRounding} from '../multiplier.js';
import type {MantissaLut} from './lut.js';
import {MAX_FRACTION_BITS, ONE, packProducts} from './pack.js';

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
  const n = 2 ** mantissaBits;
  const products = new Uint32Array(n * n);
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const found = product(i, j);
      const scaled = found * ONE;
      const stored = scaled >>> 0;
      if (stored !== scaled || stored >= 4 * ONE) refuse(name, 1 + i / n, 1 + j / n, found);
      products[e] = stored;
    }
  }
  return Object.freeze({
    name,
    mantissaBits,
    ...packProducts(products),
    format,
    rounding,
    provenance,
  });
}

function refuse(model: string, a: number, b: number, found: number): never {
  const inRange = found >= 0 && found < 4;
  throw inRange
    ? new RepresentabilityError(model, `significand product on a 2^-${MAX_FRACTION_BITS} grid`, {
        a,
        b,
        expected: `a multiple of 2^-${MAX_FRACTION_BITS}`,
        found,
      })
    : new RepresentabilityError(model, 'significand product in [0, 4)', {
        a,
        b,
        expected: 'a value in [0, 4)',
        found,
      });
}

/** Fills in the defaults and refuses options no table can be built with. */
export function completeOptions(options: LutOptions): Required<LutOptions> {
  const {name, mantissaBits, rounding = 'truncate', provenance = ''} = options;
  const op = `tabulating "${name}"`;
  if (!Number.isInteger(mantissaBits) || mantissaBits < 1 || mantissaBits > MAX_MANTISSA_BITS) {
    throw new MultiplierError(op, {
      found: `mantissaBits = ${mantissaBits}`,
      expected: `an integer in 1..${MAX_MANTISSA_BITS}`,
      remedy: 'A table has 2^(2m) entries; wider operands need another evaluation form.',
    });
  }
  const format = options.format ?? fullRangeFormat(mantissaBits);
  if (format.fractionBits !== mantissaBits) {
    throw new MultiplierError(op, {
      found: `a format of ${format.fractionBits} fraction bits`,
      expected: `mantissaBits = ${mantissaBits} of them`,
    });
  }
  return {name, mantissaBits, rounding, format, provenance};
}
