// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of a MAC unit: all that one multiply-accumulate of the simulated hardware does. Its two
 * operands are encoded, multiplied, and the product is added by its accumulator. A multiplier alone is
 * sugar for the unit that adds in float32.
 *
 * Each part is plain data of a `kind`, from which an engine makes its own code, once per unit.
 */
import type {Accumulator} from './accumulators/accumulator.js';
import {fp32Accumulator} from './accumulators/fp32.js';
import {MultiplierError} from './errors.js';
import {checkMultiplier, provenLut} from './multipliers/check-multiplier.js';
import type {LogAddForm, NativeForm} from './multipliers/closed-form.js';
import type {FloatFormat, OperandRounding} from './formats/float-format.js';
import type {Multiplier} from './multipliers/multiplier.js';
import type {MantissaLut} from './tables/lut.js';

/** A float32 operand is rounded to a float format. */
export interface FloatEncoding {
  readonly kind: 'float';
  readonly format: FloatFormat;
  readonly rounding: OperandRounding;
}

/** What an operand becomes before it is multiplied. */
export type OperandEncoding = FloatEncoding;

interface ProductOfFloats {
  /** True only for products of float32 operands, rounded to float32. */
  readonly exact: boolean;
  /**
   * The mantissa LUT, checked, and compared with the closed form where there is one; all of it once.
   *
   * @throws {MultiplierError} for exact products, which cannot be tabulated, and for a table that
   *     differs from the closed form.
   * @throws {LutFormatError} a table that is not consistent.
   */
  lut(): MantissaLut;
}

/** Prepare both operands, then one float32 multiplication. */
export interface NativeProduct extends ProductOfFloats {
  readonly kind: 'native';
  readonly form: NativeForm;
}

/** Add the operands' bit patterns, as Mitchell's multiplier does, and a constant. */
export interface LogAddProduct extends ProductOfFloats {
  readonly kind: 'logAdd';
  readonly form: LogAddForm;
}

/** Look the significand product up in the mantissa LUT. */
export interface LutProduct extends ProductOfFloats {
  readonly kind: 'lut';
}

/** How the product of two encoded operands is formed, by the evaluation form that engines use. */
export type ProductRule = NativeProduct | LogAddProduct | LutProduct;

/** A simulated multiply-accumulate unit. Immutable, and made by `macUnit` alone. */
export interface MacUnit {
  /** `<multiplier>`, or `<multiplier>+<accumulator>` where that is not float32's own. */
  readonly name: string;
  readonly first: OperandEncoding;
  readonly second: OperandEncoding;
  readonly product: ProductRule;
  readonly accumulator: Accumulator;
}

export interface MacUnitParts {
  readonly multiplier: Multiplier;
  /** Float32 in the order of `fp32Accumulator`, unless given. */
  readonly accumulator?: Accumulator;
}

interface Parts {
  readonly encoding: OperandEncoding;
  readonly product: ProductRule;
  readonly units: WeakMap<Accumulator, MacUnit>;
}

/** By multiplier: units with different accumulators share operands and products, and so tables. */
const partsByMultiplier = new WeakMap<Multiplier, Parts>();
const made = new WeakSet<MacUnit>();

/**
 * The unit of a multiplier and an accumulator; the same object for the same two.
 *
 * @throws {MultiplierError} a multiplier or an accumulator that breaks its contract.
 */
export function macUnit({multiplier, accumulator = fp32Accumulator}: MacUnitParts): MacUnit {
  let parts = partsByMultiplier.get(multiplier);
  if (!parts) {
    checkMultiplier(multiplier);
    const {format, rounding} = multiplier;
    const encoding = Object.freeze({kind: 'float', format, rounding} as const);
    parts = {encoding, product: productOf(multiplier), units: new WeakMap()};
    partsByMultiplier.set(multiplier, parts);
  }
  const {encoding, product, units} = parts;
  let unit = units.get(accumulator);
  if (!unit) {
    checkAccumulator(accumulator);
    const isDefault = accumulator === fp32Accumulator;
    unit = Object.freeze({
      name: isDefault ? multiplier.name : `${multiplier.name}+${accumulator.name}`,
      first: encoding,
      second: encoding,
      product,
      accumulator,
    });
    units.set(accumulator, unit);
    made.add(unit);
  }
  return unit;
}

/** The unit of a multiplier that adds in float32; the same object for the same multiplier. */
export function unitOf(multiplier: Multiplier): MacUnit {
  return macUnit({multiplier});
}

/** Whether a value is a unit that `macUnit` made: no other has been checked. */
export function isMacUnit(value: unknown): value is MacUnit {
  return made.has(value as MacUnit);
}

/** Whether the unit does what float32 hardware does: float32 products, added in float32. */
export function isExact({product, accumulator}: MacUnit): boolean {
  return product.exact && accumulator.kind === 'fp32';
}

function productOf(multiplier: Multiplier): ProductRule {
  const {evaluation, closedForm, exact} = multiplier;
  const lut = () => provenLut(multiplier);
  if (evaluation === 'native' && closedForm?.kind === 'native') {
    return Object.freeze({kind: evaluation, form: closedForm, exact, lut});
  }
  if (evaluation === 'logAdd' && closedForm?.kind === 'logAdd') {
    return Object.freeze({kind: evaluation, form: closedForm, exact, lut});
  }
  return Object.freeze({kind: 'lut', exact, lut});
}

function checkAccumulator(accumulator: Accumulator): void {
  const {name, kind, add, addBlock, plan} = accumulator;
  const fail = (found: string, expected: string): never => {
    throw new MultiplierError(`accumulator "${String(name)}"`, {found, expected});
  };
  if (typeof name !== 'string' || name === '') {
    fail(`name = ${JSON.stringify(name)}`, 'a string that is not empty');
  }
  if (kind !== 'fp32') fail(`kind = ${JSON.stringify(kind)}`, '"fp32"');
  if (add !== fp32Accumulator.add || addBlock !== fp32Accumulator.addBlock) {
    fail('additions of its own', "those of fp32Accumulator, as engines add so for kind 'fp32'");
  }
  if (typeof plan !== 'function') fail(`plan = ${typeof plan}`, 'a function of outputs and k');
}
