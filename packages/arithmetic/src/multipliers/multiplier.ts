// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of an approximate floating-point multiplier.
 *
 * A multiplier owns its operand encoding (format and rounding) and its significand product;
 * nothing else in the project knows either. Operands and results are float32 values. Signs are
 * multiplied exactly and exponents added exactly; only the significand product is approximate.
 */
import type {ClosedForm} from './closed-form.js';
import type {FloatFormat, OperandRounding} from '../formats/float-format.js';
import type {MantissaLut} from '../tables/lut.js';

/**
 * How an engine may compute one product.
 * - `native`: prepare both operands, then one float32 multiplication.
 * - `logAdd`: add the operands' bit patterns, as Mitchell's multiplier does, and a constant.
 * - `lut`: look the significand product up in the mantissa LUT.
 */
export type EvaluationForm = 'native' | 'logAdd' | 'lut';

/** A simulated multiplier. Immutable. */
export interface Multiplier {
  /** Field name, family + mantissa bits: `mbm7`, `bf16`. Unique in the registry. */
  readonly name: string;
  /** One line for people: what it is and where it was published. */
  readonly description: string;
  readonly format: FloatFormat;
  readonly rounding: OperandRounding;
  /** The form that engines use. `lut` is always possible, with or without a closed form. */
  readonly evaluation: EvaluationForm;
  /** Needed for `native` and `logAdd`; proven on all fraction pairs before it is used. */
  readonly closedForm?: ClosedForm;
  /** True only for float32 multiplication, `fp32`: products count as exact. Refused anywhere else. */
  readonly exact: boolean;
  /**
   * The mantissa LUT, built on first use and cached.
   * @throws {MultiplierError} for `fp32`, whose 2^46 entries cannot be tabulated.
   */
  lut(): MantissaLut;
}
