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
  checkMultiplier,
  FLOAT32,
  floatToBits,
  hasFloat32Range,
  type LogAddForm,
  type Multiplier,
  type NativeForm,
  provenLut,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {emitRoundOperand, emitScaleAndIndex, operandKey} from './operand-wgsl.js';
import {packTable, unpackExpression, type TableEntry} from './table.js';
import type {WgslBuilder} from './wgsl.js';

export type ProductForm = 'native' | 'logAdd' | 'lut';

/** The form that shaders use; where `evaluation` asks for a form that they cannot emit, the table. */
export function productFormOf({evaluation, closedForm}: Multiplier): ProductForm {
  if (evaluation === 'lut' || closedForm?.kind !== evaluation) return 'lut';
  return closedForm.kind === 'native' && !isSafeNative(closedForm) ? 'lut' : evaluation;
}

function isSafeNative({firstSignificands, secondSignificands, productBits}: NativeForm): boolean {
  // Cutting the whole fraction of a product would make infinity of NaN.
  if (productBits === 0) return false;
  // Outside [1, 2) a prepared operand has another exponent: it may over- or underflow by itself.
  return [firstSignificands, secondSignificands].every(
    significands => !significands || significands.every(s => s >= 1 && s < 2),
  );
}

/** Everything of a multiplier that the shader text depends on. */
export function productKey(multiplier: Multiplier): string {
  if (multiplier.exact) return 'exact';
  const form = productFormOf(multiplier);
  const parts: unknown[] = [form, operandKey(multiplier)];
  if (form === 'native') {
    const {firstSignificands, secondSignificands, productBits} = nativeForm(multiplier);
    parts.push(firstSignificands !== undefined, secondSignificands !== undefined, productBits);
  } else if (form === 'logAdd') {
    const {setLowestBit, logOffset, offset, productBits} = logAddForm(multiplier);
    parts.push(setLowestBit, logOffset, offset, productBits);
  }
  return parts.join();
}

/** Whether products read more than their operands: a table or prepared significands. */
export function readsTable(multiplier: Multiplier): boolean {
  return productFormOf(multiplier) === 'lut' || usesSignificands(multiplier);
}

/** What the shader binds beside the operands, where its products read it. */
export function productTable(multiplier: Multiplier, entry: TableEntry): Uint32Array {
  if (productFormOf(multiplier) === 'lut') {
    return packTable(significandProducts(provenLut(multiplier)), entry);
  }
  const {firstSignificands, secondSignificands} = nativeForm(multiplier);
  const values = [...(firstSignificands ?? []), ...(secondSignificands ?? [])];
  return new Uint32Array(Float32Array.from(values).buffer);
}

/** Checks a multiplier, and its closed form against its table, before a shader is made of it. */
export function proveForm(multiplier: Multiplier): void {
  checkMultiplier(multiplier);
  if (!multiplier.exact) provenLut(multiplier);
}

/** Whether decoded operands have a code beside their value. */
export function usesCodes(multiplier: Multiplier): boolean {
  return productFormOf(multiplier) !== 'native';
}

export function usesSignificands(multiplier: Multiplier): boolean {
  if (multiplier.exact || productFormOf(multiplier) !== 'native') return false;
  const {firstSignificands, secondSignificands} = nativeForm(multiplier);
  return firstSignificands !== undefined || secondSignificands !== undefined;
}

const nativeForm = (multiplier: Multiplier) => multiplier.closedForm as NativeForm;
const logAddForm = (multiplier: Multiplier) => multiplier.closedForm as LogAddForm;

/**
 * Emits, for each operand, `fn firstValue(u: u32) -> f32`, where there are codes
 * `fn firstCode(u: u32) -> u32`, and `fn product`, of two values and two codes. In `lut` form the
 * table is read as `lut`, prepared significands as `significands`.
 */
export function emitProduct(wgsl: WgslBuilder, multiplier: Multiplier, entry: TableEntry): void {
  const form = productFormOf(multiplier);
  const m = multiplier.format.fractionBits;
  const readsFields = form !== 'native' || usesSignificands(multiplier);
  if (readsFields) emitScaleAndIndex(wgsl, m);
  emitRoundOperand(wgsl, multiplier, !multiplier.exact && !isRoundedByCutting(multiplier));
  if (form === 'native') emitNative(wgsl, multiplier);
  else if (form === 'logAdd') emitLogAdd(wgsl, multiplier);
  else emitLookUp(wgsl, m, entry);
}

/** Scales and indices hold nothing but whole fields and the top m bits: truncating changes neither. */
function isRoundedByCutting(multiplier: Multiplier): boolean {
  const {rounding, format, closedForm} = multiplier;
  if (rounding !== 'truncate' || !hasFloat32Range(format)) return false;
  if (productFormOf(multiplier) !== 'native') return true;
  const {firstSignificands, secondSignificands} = closedForm as NativeForm;
  return firstSignificands !== undefined && secondSignificands !== undefined;
}

function emitNative(wgsl: WgslBuilder, multiplier: Multiplier): void {
  const {firstSignificands, secondSignificands, productBits} = nativeForm(multiplier);
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
      productBits === undefined || multiplier.exact
        ? 'return a * b;'
        : `return ${cutFraction('a * b', productBits)};`,
    ),
  );
}

function emitLogAdd(wgsl: WgslBuilder, multiplier: Multiplier): void {
  const m = multiplier.format.fractionBits;
  const {setLowestBit, logOffset = 0, offset = 0, productBits} = logAddForm(multiplier);
  const lowest = 2 ** (FLOAT32.fractionBits - m);
  const fraction = `(u & ${2 ** FLOAT32.fractionBits - lowest}u)`;
  const index = setLowestBit ? `(${fraction} | ${lowest}u)` : fraction;
  emitValuesAreScales(wgsl);
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

const ONE = 0x3f800000;

function cutFraction(value: string, bits: number): string {
  const mask = -(2 ** (FLOAT32.fractionBits - bits)) >>> 0;
  return `bitcast<f32>(bitcast<u32>(${value}) & ${mask}u)`;
}

function emitLookUp(wgsl: WgslBuilder, m: number, entry: TableEntry): void {
  emitValuesAreScales(wgsl);
  wgsl.block('fn firstCode(u: u32) -> u32', () => wgsl.emit(`return indexOf(u) << ${m}u;`));
  wgsl.block('fn secondCode(u: u32) -> u32', () => wgsl.emit('return indexOf(u);'));
  wgsl.block('fn product(a: f32, b: f32, x: u32, y: u32) -> f32', () => {
    wgsl.emit('let entry = x + y;', `return (a * b) * ${unpackExpression('lut', 'entry', entry)};`);
  });
}

function emitValuesAreScales(wgsl: WgslBuilder): void {
  for (const name of ['first', 'second']) {
    wgsl.block(`fn ${name}Value(u: u32) -> f32`, () => wgsl.emit('return scaleOf(u);'));
  }
}
