// SPDX-License-Identifier: Apache-2.0
/**
 * What a C function says of the multiplier it models: whether it takes floats or significands, in
 * which order, and how many bits of them.
 */
import {MAX_MANTISSA_BITS, MultiplierError} from '@tfjs-approx/arithmetic';
import type {CFunction, CType} from './dwarf.js';

/** `float`: a functional model. `integer`: a significand multiplier. */
export type ModelForm = 'float' | 'integer';

export const EXPECTED_SIGNATURE =
  'two float parameters and a float result, or two unsigned integers and an integer result';

/** `undefined` if it is neither. */
export function formOf({parameters, result, variadic}: CFunction): ModelForm | undefined {
  if (parameters.length !== 2 || variadic) return undefined;
  const types = [result, ...parameters.map(({type}) => type)];
  if (types.every(({kind}) => kind === 'float')) return 'float';
  const isInteger = ({kind}: CType) => kind === 'signed' || kind === 'unsigned';
  return types.every(isInteger) ? 'integer' : undefined;
}

/** `uint64_t mul8u_1A2B(uint64_t B, uint64_t A)`. */
export function signatureText({name, parameters, result, variadic}: CFunction): string {
  const list = parameters.map(parameter => `${parameter.type.text} ${parameter.name}`.trim());
  if (variadic) list.push('...');
  return `${result.text} ${name}(${list.join(', ')})`;
}

/** EvoApproxLib writes its circuits as f(B, A). */
export function takesSecondOperandFirst({parameters}: CFunction): boolean {
  const [first, second] = parameters.map(({name}) => name.toLowerCase());
  return first === 'b' && second === 'a';
}

/**
 * m of a significand multiplier, which takes 2^m .. 2^(m+1) - 1: as given, else one less than the
 * bits of its operands.
 *
 * @throws {MultiplierError} if the operands do not hold that many bits, or the result less than
 *     2(m+1), or if nothing says what m is.
 */
export function significandBits(model: CFunction, given: number | undefined): number {
  const bits = Math.min(...model.parameters.map(({type}) => operandBits(model.name, type)));
  const m = given ?? bits - 1;
  const refuse = (found: string, expected: string, remedy?: string): never => {
    throw new MultiplierError(`C model "${model.name}"`, {found, expected, remedy});
  };
  if (given === undefined && (m < 1 || m > MAX_MANTISSA_BITS)) {
    refuse(
      `the signature ${signatureText(model)}, whose types do not say m`,
      `m in 1..${MAX_MANTISSA_BITS}`,
      'Give the option mantissaBits (--mantissa-bits <m>).',
    );
  }
  if (m + 1 > bits) {
    refuse(
      `the signature ${signatureText(model)}, whose operands are at most ${2 ** bits - 1}`,
      `operands that hold the significands ${2 ** m}..${2 ** (m + 1) - 1} (m = ${m})`,
      bits > 1 ? `Use wider or unsigned operands, or m = ${bits - 1}.` : undefined,
    );
  }
  if (model.result.bits < 2 * (m + 1)) {
    refuse(
      `the signature ${signatureText(model)}, with a result of ${model.result.bits} bits`,
      `a result of at least ${2 * (m + 1)} bits (m = ${m})`,
    );
  }
  return m;
}

/** Bits of the largest number of a type, or of the circuit where its name says less. */
function operandBits(name: string, {kind, bits}: CType): number {
  const ofType = kind === 'signed' ? bits - 1 : bits;
  // EvoApproxLib: mul8u_1A2B is 8 x 8 bits unsigned, mul8s_1A2B signed, mul8x3u_1A2B 8 x 3 bits.
  const circuit = /^mul(\d+)(?:x(\d+))?([us])_/.exec(name);
  if (!circuit) return ofType;
  const [, first, second = first, sign] = circuit;
  const width = Math.min(Number(first), Number(second));
  // Types of just that width say themselves whether there is a sign.
  return bits > width && sign === 's' ? width - 1 : Math.min(ofType, width);
}
