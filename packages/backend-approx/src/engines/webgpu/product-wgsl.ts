// SPDX-License-Identifier: Apache-2.0
/**
 * One product in WGSL: how an operand is decoded when it is loaded, and how two decoded operands
 * are multiplied. A decoded operand is a value and, but for native products, a code:
 *
 *     native   value: the operand as prepared for the multiplication
 *     logAdd   value: its scale; code: its fraction bits, in the first operand with the constants
 *     lut      value: its scale; code: its row offset or column in the table
 */
import {
  FLOAT32,
  floatToBits,
  hasFloat32Range,
  type LogAddForm,
  type NativeForm,
  type OperandEncoding,
} from '@tfjs-approx/arithmetic';
import {emitRoundOperand, emitScaleAndIndex} from './operand-wgsl.js';
import {unpackExpression, type TableEntry} from './packed-table.js';
import type {WgslBuilder} from './wgsl.js';

/*
 * Each emits, for each operand, `fn firstValue(u: u32) -> f32`, where there are codes
 * `fn firstCode(u: u32) -> u32`, and `fn product`, of two values and two codes.
 */

/** Float32 products. */
export function emitExactProduct(wgsl: WgslBuilder, encoding: OperandEncoding): void {
  emitRoundOperand(wgsl, encoding, false);
  emitMultiplication(wgsl, {kind: 'native'});
}

/** Prepared significands are read as `significands`, those of the first operand before the second's. */
export function emitNativeProduct(
  wgsl: WgslBuilder,
  encoding: OperandEncoding,
  form: NativeForm,
): void {
  const {firstSignificands, secondSignificands} = form;
  if (firstSignificands || secondSignificands)
    emitScaleAndIndex(wgsl, encoding.format.fractionBits);
  const readsOnlyFields = firstSignificands !== undefined && secondSignificands !== undefined;
  emitRoundOperand(wgsl, encoding, !(readsOnlyFields && isRoundedByCutting(encoding)));
  emitMultiplication(wgsl, form);
}

function emitMultiplication(
  wgsl: WgslBuilder,
  {firstSignificands, secondSignificands, productBits}: NativeForm,
): void {
  const value = (name: string, start: number | null) =>
    wgsl.block(`fn ${name}Value(u: u32) -> f32`, () =>
      wgsl.emit(
        start === null
          ? 'return bitcast<f32>(u);'
          : `return scaleOf(u) * significands[indexOf(u) + ${start}u];`,
      ),
    );
  value('first', firstSignificands ? 0 : null);
  value('second', secondSignificands ? (firstSignificands?.length ?? 0) : null);
  wgsl.block('fn product(a: f32, b: f32) -> f32', () =>
    wgsl.emit(
      productBits === undefined ? 'return a * b;' : `return ${cutFraction('a * b', productBits)};`,
    ),
  );
}

export function emitLogAddProduct(
  wgsl: WgslBuilder,
  encoding: OperandEncoding,
  {setLowestBit, logOffset = 0, offset = 0, productBits}: LogAddForm,
): void {
  const lowest = 2 ** (FLOAT32.fractionBits - encoding.format.fractionBits);
  const fraction = `(u & ${2 ** FLOAT32.fractionBits - lowest}u)`;
  const index = setLowestBit ? `(${fraction} | ${lowest}u)` : fraction;
  emitScales(wgsl, encoding);
  wgsl.block('fn firstCode(u: u32) -> u32', () =>
    wgsl.emit(`return ${index} + ${(ONE + logOffset) >>> 0}u;`),
  );
  wgsl.block('fn secondCode(u: u32) -> u32', () => wgsl.emit(`return ${index};`));
  wgsl.block('fn product(a: f32, b: f32, x: u32, y: u32) -> f32', () => {
    wgsl.emit('let log = bitcast<f32>(x + y);');
    let significand = 'log';
    if (offset !== 0) {
      wgsl.emit(`let corrected = log + bitcast<f32>(${floatToBits(offset)}u);`);
      significand = 'select(corrected, log, corrected >= 4.0)';
    }
    if (productBits !== undefined) significand = cutFraction(significand, productBits);
    wgsl.emit(`return (a * b) * ${significand};`);
  });
}

/** The table is read as `lut`. */
export function emitLookUp(wgsl: WgslBuilder, encoding: OperandEncoding, entry: TableEntry): void {
  const m = encoding.format.fractionBits;
  emitScales(wgsl, encoding);
  wgsl.block('fn firstCode(u: u32) -> u32', () => wgsl.emit(`return indexOf(u) << ${m}u;`));
  wgsl.block('fn secondCode(u: u32) -> u32', () => wgsl.emit('return indexOf(u);'));
  wgsl.block('fn product(a: f32, b: f32, x: u32, y: u32) -> f32', () => {
    wgsl.emit('let entry = x + y;', `return (a * b) * ${unpackExpression('lut', 'entry', entry)};`);
  });
}

/** Operands of which only whole fields and the top m bits are read. */
function emitScales(wgsl: WgslBuilder, encoding: OperandEncoding): void {
  emitScaleAndIndex(wgsl, encoding.format.fractionBits);
  emitRoundOperand(wgsl, encoding, !isRoundedByCutting(encoding));
  for (const name of ['first', 'second']) {
    wgsl.block(`fn ${name}Value(u: u32) -> f32`, () => wgsl.emit('return scaleOf(u);'));
  }
}

/** Scales and indices hold nothing but whole fields and the top m bits: truncating changes neither. */
function isRoundedByCutting({rounding, format}: OperandEncoding): boolean {
  return rounding === 'truncate' && hasFloat32Range(format);
}

const ONE = 0x3f800000;

function cutFraction(value: string, bits: number): string {
  const mask = -(2 ** (FLOAT32.fractionBits - bits)) >>> 0;
  return `bitcast<f32>(bitcast<u32>(${value}) & ${mask}u)`;
}
