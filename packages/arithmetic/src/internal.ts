// SPDX-License-Identifier: Apache-2.0
/** What the project's own packages share beside the interface. No promise is made to others. */
export {closest} from './edit-distance.js';
export {FactsError} from './errors.js';
export {simpson} from './multipliers/simpson.js';
export {
  type OptionChecks,
  type OptionProblem,
  anyValue,
  checkOptions,
  integerIn,
  text,
  texts,
} from './options.js';
export {LUT_OPTION_CHECKS} from './tables/from-product.js';
export {readLittleEndian} from './tables/little-endian.js';
export {MAX_FRACTION_BITS} from './tables/pack.js';
export {productRounding} from './tables/product-rounding.js';
