// SPDX-License-Identifier: Apache-2.0
/**
 * The functional model of a unit's product: what it returns for two float32 operands, bit by bit.
 *
 * This is the definition that every engine is compared with. It reads the mantissa LUT even where
 * an engine may use the native form, so that it shares nothing with what it judges.
 */
import {bitsToFloat, floatToBits, roundOperand} from '../formats/float.js';
import {type MacUnit, unitOf} from '../mac-unit.js';
import {significandProducts} from '../tables/lut.js';
import type {Multiplier} from './multiplier.js';

/** A pure function from two float32 operands to the float32 result. */
export type FunctionalModel = (a: number, b: number) => number;

type Product = Pick<MacUnit, 'first' | 'second' | 'product'>;

/** Units with different accumulators share a product. */
const models = new WeakMap<MacUnit['product'], FunctionalModel>();

/**
 * The product of two operands by a multiplier.
 *
 * @param a First operand: activation in a forward pass. Rounded to float32 if it is not one.
 * @param b Second operand.
 */
export function multiply(multiplier: Multiplier, a: number, b: number): number {
  return functionalModel(multiplier)(a, b);
}

/**
 * The functional model as a function of the operands alone; faster where it is called often.
 *
 * @param of A multiplier, or a unit, whose product it is.
 * @throws {MultiplierError} a multiplier that breaks its contract.
 */
export function functionalModel(of: Multiplier | Product): FunctionalModel {
  const unit = 'product' in of ? of : unitOf(of);
  let model = models.get(unit.product);
  if (model === undefined) {
    model = unit.product.exact ? exactProduct : tabulated(unit);
    models.set(unit.product, model);
  }
  return model;
}

/** Exact in double precision, hence rounded once. */
function exactProduct(a: number, b: number): number {
  return Math.fround(Math.fround(a) * Math.fround(b));
}

function tabulated({first, second, product}: Product): FunctionalModel {
  const lut = product.lut();
  const products = significandProducts(lut);
  const m = lut.mantissaBits;
  const normalised = products.every(product => product >= 1);
  const combine = normalised ? combineNormalised : combineLeftToRight;
  return (a, b) => {
    const ua = floatToBits(roundOperand(a, first.format, first.rounding));
    const ub = floatToBits(roundOperand(b, second.format, second.rounding));
    const i = (ua & 0x7fffff) >>> (23 - m);
    const j = (ub & 0x7fffff) >>> (23 - m);
    return combine(ua, ub, products[(i << m) | j]);
  };
}

/** Sign, exponents and special values around a significand product L in [1, 4). */
function combineNormalised(ua: number, ub: number, product: number): number {
  const a = scale(ua);
  const b = scale(ub);
  const ea = (ua >>> 23) & 0xff;
  const eb = (ub >>> 23) & 0xff;
  // NaN, infinite and zero operands follow IEEE 754 once their fraction is cleared.
  if (ea === 255 || eb === 255 || ea === 0 || eb === 0) return a * b;
  // Products in the subnormal range are flushed by exponents alone, whatever the carry.
  if (ea + eb - 127 <= 0) return bitsToFloat((ua ^ ub) & 0x80000000);
  // A power of two times at most 24 bits: exact in float32 below 2^128, infinite from there on.
  return Math.fround(a * b * product);
}

/** L may be below 1, even 0: then the order of evaluation defines what over- and underflows. */
function combineLeftToRight(ua: number, ub: number, product: number): number {
  return Math.fround(Math.fround(scale(ua) * scale(ub)) * product);
}

/** x with its fraction cleared, but NaN for NaN; subnormals become zero. */
function scale(u: number): number {
  return (u & 0x7fffffff) > 0x7f800000 ? NaN : bitsToFloat(u & 0xff800000);
}
