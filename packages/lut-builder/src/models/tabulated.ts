// SPDX-License-Identifier: Apache-2.0
/** A multiplier whose table is computed from its significand product, on first use. */
import {type ClosedForm, proveClosedForm} from '../closed-form.js';
import {
  type LutOptions,
  type SignificandProduct,
  completeOptions,
  lutFromSignificandProduct,
} from '../lut/from-product.js';
import type {MantissaLut} from '../lut/lut.js';
import type {Multiplier} from '../multiplier.js';

export interface TabulatedOptions extends LutOptions {
  readonly description: string;
  /** Computes the products where the table is not needed; proven when the table is built. */
  readonly closedForm?: ClosedForm;
}

/** A multiplier that answers `product(i, j)` for operand fractions i and j. */
export function tabulatedMultiplier(
  product: SignificandProduct,
  options: TabulatedOptions,
): Multiplier {
  const {name, format, rounding} = completeOptions(options);
  const {description, closedForm} = options;
  let table: MantissaLut | undefined;
  return Object.freeze({
    name,
    description,
    format,
    rounding,
    evaluation: closedForm?.kind ?? 'lut',
    closedForm,
    exact: false,
    lut() {
      if (table === undefined) {
        const built = lutFromSignificandProduct(product, options);
        if (closedForm) proveClosedForm(closedForm, built);
        table = built;
      }
      return table;
    },
  });
}
