// SPDX-License-Identifier: Apache-2.0
/**
 * Operand encoding in WGSL: rounding a float32's bits to the unit's format, and cutting them
 * into scale and table index. Integers throughout: a driver may assume finite math for floats.
 */
import {
  FLOAT32,
  hasFloat32Range,
  largestFinite,
  type OperandEncoding,
} from '@tfjs-approx/arithmetic';
import type {WgslBuilder} from './wgsl.js';

/** What of an operand's encoding the shader text depends on. */
export function operandKey({format, rounding}: OperandEncoding): string {
  const {exponentBits, fractionBits, subnormals, overflow, maxFinite} = format;
  return [exponentBits, fractionBits, subnormals, overflow, maxFinite, rounding].join();
}

/** Emits `fn roundOperand(u: u32) -> u32`; with `isRounded` false it returns its argument. */
export function emitRoundOperand(
  wgsl: WgslBuilder,
  encoding: OperandEncoding,
  isRounded: boolean,
): void {
  const {format, rounding} = encoding;
  wgsl.block('fn roundOperand(u: u32) -> u32', () => {
    if (!isRounded) {
      wgsl.emit('return u;');
      return;
    }
    wgsl.emit('let magnitude = u & 0x7fffffffu;', 'let sign = u & 0x80000000u;');
    const dropped = FLOAT32.fractionBits - format.fractionBits;
    if (hasFloat32Range(format)) {
      // Without branches, which cost more than the few operations they save.
      emitRounding(wgsl, 'magnitude', `${dropped}u`, rounding);
      wgsl.emit(
        'let normal = select(rounded, 0u, magnitude < 0x00800000u);',
        'return select(sign | normal, u, magnitude > 0x7f800000u);',
      );
      return;
    }
    wgsl.emit(
      'if (magnitude > 0x7f800000u) { return u; }',
      'if (magnitude < 0x00800000u) { return sign; }',
    );
    emitNarrowFormat(wgsl, encoding, dropped);
  });
}

/** Rounds the integer `from` to a multiple of 2^bits into `rounded`; carries run into the exponent. */
function emitRounding(
  wgsl: WgslBuilder,
  from: string,
  bits: string,
  rounding: OperandEncoding['rounding'],
): void {
  if (rounding === 'truncate') {
    wgsl.emit(`let rounded = (${from} >> ${bits}) << ${bits};`);
    return;
  }
  wgsl.emit(
    `let half = (1u << (${bits} - 1u)) - 1u + ((${from} >> ${bits}) & 1u);`,
    `let rounded = ((${from} + half) >> ${bits}) << ${bits};`,
  );
}

/** Formats with fewer exponent bits have their own smallest quantum and their own largest value. */
function emitNarrowFormat(wgsl: WgslBuilder, {format, rounding}: OperandEncoding, dropped: number) {
  const lowestExponent = 2 - 2 ** (format.exponentBits - 1);
  const smallestNormal = (lowestExponent + 127) * 2 ** 23;
  const limit = largestFinite(format);
  const limitBits = new Uint32Array(Float32Array.of(limit).buffer)[0];
  const beyond = format.overflow === 'saturate' ? limitBits : 0x7f800000;
  wgsl.block(`if (magnitude < ${smallestNormal}u)`, () => {
    if (!format.subnormals) {
      wgsl.emit('return sign;');
      return;
    }
    // The significand in units of the smallest quantum, as a small integer: exact in float32.
    const quantumExponent = lowestExponent - format.fractionBits;
    wgsl.emit(
      `let shift = ${quantumExponent + 150}u - (magnitude >> 23u);`,
      'if (shift > 25u) { return sign; }',
      'let significand = (magnitude & 0x7fffffu) | 0x800000u;',
    );
    if (rounding === 'truncate') {
      wgsl.emit('let quanta = significand >> shift;');
    } else {
      wgsl.emit(
        'let tie = (1u << (shift - 1u)) - 1u + ((significand >> shift) & 1u);',
        'let quanta = (significand + tie) >> shift;',
      );
    }
    const quantum = new Uint32Array(Float32Array.of(2 ** quantumExponent).buffer)[0];
    wgsl.emit(`return sign | bitcast<u32>(f32(quanta) * bitcast<f32>(${quantum}u));`);
  });
  emitRounding(wgsl, 'magnitude', `${dropped}u`, rounding);
  const inputInfinity = format.overflow === 'saturate' ? '' : 'magnitude == 0x7f800000u || ';
  wgsl.emit(
    `if (${inputInfinity}rounded > ${limitBits}u) { return sign | ${beyond}u; }`,
    'return sign | rounded;',
  );
}

/** Emits `scaleOf` and `indexOf`: the operand with its fraction cleared (NaN kept), and its top m bits. */
export function emitScaleAndIndex(wgsl: WgslBuilder, mantissaBits: number): void {
  wgsl.block('fn scaleOf(u: u32) -> f32', () => {
    wgsl.emit('return bitcast<f32>(select(u & 0xff800000u, u, (u & 0x7fffffffu) > 0x7f800000u));');
  });
  wgsl.block('fn indexOf(u: u32) -> u32', () => {
    wgsl.emit(`return (u & 0x7fffffu) >> ${FLOAT32.fractionBits - mantissaBits}u;`);
  });
}
