// SPDX-License-Identifier: Apache-2.0
/** A multiplier whose table is computed from its significand product, on first use. */
import {MultiplierError} from '../errors.js';
import {
  type LutOptions,
  type SignificandProduct,
  completeOptions,
  lutFromSignificandProduct,
} from '../lut/from-product.js';
import {type MantissaLut, significandProducts} from '../lut/lut.js';
import type {EvaluationForm, Multiplier} from '../multiplier.js';

export interface TabulatedOptions extends LutOptions {
  readonly description: string;
  /** `lut` unless given. `native` is proven on all fraction pairs when the table is built. */
  readonly evaluation?: EvaluationForm;
}

/** A multiplier that answers `product(i, j)` for operand fractions i and j. */
export function tabulatedMultiplier(
  product: SignificandProduct,
  options: TabulatedOptions,
): Multiplier {
  const {name, format, rounding} = completeOptions(options);
  const {description, evaluation = 'lut'} = options;
  let table: MantissaLut | undefined;
  return Object.freeze({
    name,
    description,
    format,
    rounding,
    evaluation,
    exact: false,
    lut() {
      if (table === undefined) {
        const built = lutFromSignificandProduct(product, options);
        if (evaluation === 'native') proveNative(built);
        table = built;
      }
      return table;
    },
  });
}

/**
 * Compares a table with native float32 products over all fraction pairs.
 *
 * Exponents and signs are exact on both sides, so agreement at exponent 0 is agreement wherever
 * the native product is normal.
 *
 * @throws {MultiplierError} with the first pair on which they differ.
 */
export function proveNative(lut: MantissaLut): void {
  const n = 2 ** lut.mantissaBits;
  const products = significandProducts(lut);
  for (let i = 0, e = 0; i < n; i++) {
    for (let j = 0; j < n; j++, e++) {
      const a = 1 + i / n;
      const b = 1 + j / n;
      const native = Math.fround(a * b);
      if (products[e] === native) continue;
      throw new MultiplierError(`evaluation form of "${lut.name}"`, {
        found: `${products[e]} in the table at (${a}, ${b})`,
        expected: `the native product ${native}`,
        remedy: "Use evaluation 'lut'.",
      });
    }
  }
}
