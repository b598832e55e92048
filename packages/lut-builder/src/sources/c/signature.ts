// SPDX-License-Identifier: Apache-2.0
/**
 * What a C function says of the multiplier it models: whether it takes floats or significands, in
 * which order, and how many bits of them.
 */
import {MAX_MANTISSA_BITS, MultiplierError} from '@tfjs-approx/arithmetic';
import type {CFunction, CType} from './dwarf.js';
import {withSourceTypes} from './own-types.js';

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
  return withSourceTypes(`${result.text} ${name}(${list.join(', ')})`);
}

/** EvoApproxLib writes its circuits as f(B, A). */
export function takesSecondOperandFirst({parameters}: Pick<CFunction, 'parameters'>): boolean {
  const [first, second] = parameters.map(({name}) => name.toLowerCase());
  return first === 'b' && second === 'a';
}

/** How a significand multiplier is asked. */
export interface SignificandFields {
  readonly mantissaBits: number;
  /**
   * Bits of the significands of the two parameters, in their order: the leading one is the highest of
   * them, and the m fraction bits are below it.
   */
  readonly widths: readonly [number, number];
  /** Bits of an operand of the circuit, with the sign where it is signed. */
  readonly operandBits: number;
}

/**
 * m as given, else one less than the bits of the operands. Operands of more bits are asked for their
 * m leading fraction bits, left-aligned.
 *
 * @throws {MultiplierError} if the operands do not hold that many bits, the result less than a whole
 *     product, or if nothing says what m is.
 */
export function significandFields(
  model: CFunction,
  {mantissaBits: given, operandBits: said, signed = false}: SignificandOptions,
): SignificandFields {
  const held = model.parameters.map(({type: {kind, bits}}) => bits - (kind === 'signed' ? 1 : 0));
  const sign = signed ? 1 : 0;
  const widths = model.parameters.map((_, p) =>
    said === undefined ? significandWidth(model, p, signed) : said - sign,
  ) as [number, number];
  const bits = Math.min(...widths);
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
  if (said !== undefined && widths.some((width, p) => width < 2 || width > held[p])) {
    refuse(
      `the signature ${signatureText(model)}, and operands of ${said} bits`,
      `at least ${2 + sign} bits, and operands that hold them`,
      'Correct the option operandBits (--operand-bits <n>).',
    );
  }
  if (m + 1 > bits) {
    const remedies = [
      ...(signed
        ? [
            `Signed operands of ${bits + 1} bits have significands of ${bits}, as these are positive.`,
          ]
        : []),
      ...(bits > 1 ? [`Use wider or unsigned operands, or m = ${bits - 1}.`] : []),
    ];
    refuse(
      `the signature ${signatureText(model)}, whose operands are at most ${2 ** bits - 1}`,
      `operands that hold the significands ${2 ** m}..${2 ** (m + 1) - 1} (m = ${m})`,
      remedies.join(' ') || undefined,
    );
  }
  const whole = widths[0] + widths[1];
  if (model.result.bits < whole) {
    const fits = Math.floor(model.result.bits / 2);
    refuse(
      `the signature ${signatureText(model)}, with a result of ${model.result.bits} bits`,
      `a result of at least ${whole} bits, as the operands have ${widths.join(' and ')}`,
      'If the circuit takes fewer bits in wider types, say how many by the option operandBits ' +
        `(--operand-bits ${given !== undefined && given < fits ? given + 1 : '<n>'}).`,
    );
  }
  return {mantissaBits: m, widths, operandBits: said ?? bits + sign};
}

export interface SignificandOptions {
  readonly mantissaBits?: number;
  /** Bits of the circuit's operands, where they are fewer than those of their types. */
  readonly operandBits?: number;
  /** Whether the circuit's operands are two's complement, whatever their types are. */
  readonly signed?: boolean;
}

/** Bits of the largest significand of a parameter, or of the circuit where its name says less. */
function significandWidth({name, parameters}: CFunction, p: number, signed: boolean): number {
  const {kind, bits} = parameters[p].type;
  const ofType = kind === 'signed' || signed ? bits - 1 : bits;
  // EvoApproxLib: mul8u_1A2B is 8 x 8 bits unsigned, mul8s_1A2B signed, mul8x3u_1A2B 8 x 3 bits.
  const circuit = /^mul(\d+)(?:x(\d+))?([us])_/.exec(name);
  if (!circuit) return ofType;
  const [, first, second = first, sign] = circuit;
  const isSecond = takesSecondOperandFirst({parameters}) ? p === 0 : p === 1;
  const width = Number(isSecond ? second : first);
  // Types of just that width say themselves whether there is a sign.
  return bits > width && (sign === 's' || signed) ? width - 1 : Math.min(ofType, width);
}
