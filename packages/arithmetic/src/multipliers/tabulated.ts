// SPDX-License-Identifier: Apache-2.0
/** A multiplier whose table is computed from its significand product, on first use. */
import {type ClosedForm, proveClosedForm} from './closed-form.js';
import {
  LUT_OPTION_CHECKS,
  type LutOptions,
  type SignificandProduct,
  completeOptions,
  lutFromSignificandProduct,
} from '../tables/from-product.js';
import type {MantissaLut} from '../tables/lut.js';
import type {Multiplier} from './multiplier.js';
import {type OptionChecks, anyValue, checkOptions, text} from '../options.js';

export interface TabulatedOptions extends LutOptions {
  /** One line for people; the provenance unless given. */
  readonly description?: string;
  /** Computes the products where the table is not needed; proven when the table is built. */
  readonly closedForm?: ClosedForm;
}

const CHECKS: OptionChecks<TabulatedOptions> = {
  ...LUT_OPTION_CHECKS,
  description: text,
  closedForm: anyValue,
};

/**
 * A multiplier that answers `product(i, j)` for operand fractions i and j. Register it, and it has a
 * name everywhere.
 *
 * @throws {MultiplierError} if the options are not usable; `lut()` throws it if the closed form
 *     differs from the product.
 */
export function tabulatedMultiplier(
  product: SignificandProduct,
  options: TabulatedOptions,
): Multiplier {
  checkOptions('tabulatedMultiplier', options, CHECKS);
  const {closedForm, description, ...lutOptions} = options;
  const {name, format, rounding, provenance} = completeOptions(lutOptions);
  let table: MantissaLut | undefined;
  return Object.freeze({
    name,
    description: description ?? (provenance || `Multiplier "${name}"`),
    format,
    rounding,
    evaluation: closedForm?.kind ?? 'lut',
    closedForm,
    exact: false,
    lut() {
      if (table === undefined) {
        const built = lutFromSignificandProduct(product, lutOptions);
        if (closedForm) proveClosedForm(closedForm, built);
        table = built;
      }
      return table;
    },
  });
}
