// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of an approximate floating-point multiplier.
 *
 * A multiplier owns its operand encoding (format and rounding) and its significand product;
 * nothing else in the project knows either. Operands and results are float32 values. Signs are
 * multiplied exactly and exponents added exactly; only the significand product is approximate.
 */
import type {ClosedForm} from './closed-form.js';
import type {MantissaLut} from '../tables/lut.js';

/** The float format to which an operand is rounded before it is multiplied. */
export interface FloatFormat {
  /** Width of the exponent field. 8 means the full float32 range. */
  readonly exponentBits: number;
  /** Width of the stored fraction, m. 23 means float32 itself. */
  readonly fractionBits: number;
  /** Whether values below the smallest normal are kept as subnormals (else they become zero). */
  readonly subnormals: boolean;
  /**
   * What a finite value that rounds beyond the largest finite one becomes. A format that saturates
   * has no infinity, so that an infinite operand saturates too.
   */
  readonly overflow: 'infinity' | 'saturate';
  /** The largest finite value; only needed when the format is not IEEE-like (fp8 e4m3: 448). */
  readonly maxFinite?: number;
}

export type OperandRounding = 'truncate' | 'nearestEven';

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
