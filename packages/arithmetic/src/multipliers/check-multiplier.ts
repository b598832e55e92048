// SPDX-License-Identifier: Apache-2.0
/** The check that a multiplier keeps its contract: nothing computes with one that has not passed it. */
import {checkFormat} from '../formats/check-format.js';
import {checkClosedForm, proveClosedForm} from './closed-form.js';
import {EVALUATION_FORMS} from './with-evaluation.js';
import {MultiplierError} from '../errors.js';
import {FLOAT32} from '../formats/float.js';
import {checkLut} from '../tables/check-lut.js';
import type {MantissaLut} from '../tables/lut.js';
import type {FloatFormat} from '../formats/float-format.js';
import type {Multiplier} from './multiplier.js';
import {OPERAND_ROUNDINGS} from './with-rounding.js';

const checked = new WeakSet<Multiplier>();

/**
 * Checks what can be told without building the table.
 *
 * @throws {MultiplierError} that names the first field that is wrong.
 */
export function checkMultiplier(multiplier: Multiplier): void {
  if (typeof multiplier !== 'object' || multiplier === null) {
    throw new MultiplierError('multiplier', {
      found: shown(multiplier),
      expected: 'an object that fulfils the Multiplier interface',
    });
  }
  if (checked.has(multiplier)) return;
  const {name, format, rounding, evaluation, closedForm, exact, lut} = multiplier;
  const fail = (found: string, expected: string): never => {
    throw new MultiplierError(`multiplier "${String(name)}"`, {found, expected});
  };
  if (typeof name !== 'string' || name === '') {
    fail(`name = ${shown(name)}`, 'a string that is not empty');
  }
  if (typeof lut !== 'function') fail(`lut = ${shown(lut)}`, 'a function that returns the table');
  checkFormat(format, (field, found, expected) => fail(`${field} = ${shown(found)}`, expected));
  if (!OPERAND_ROUNDINGS.includes(rounding)) {
    fail(`rounding = "${String(rounding)}"`, OPERAND_ROUNDINGS.join(' or '));
  }
  if (!EVALUATION_FORMS.includes(evaluation)) {
    fail(`evaluation = "${String(evaluation)}"`, EVALUATION_FORMS.join(', '));
  }
  if (evaluation !== 'lut' && closedForm?.kind !== evaluation) {
    fail(
      `${closedForm ? `a ${closedForm.kind}` : 'no'} closed form`,
      `one of its evaluation form, ${evaluation}`,
    );
  }
  if (exact && !isFloat32Multiplication(multiplier)) {
    fail(
      'exact = true',
      'exact = false, as only products of float32 operands in the plain native form are exact',
    );
  }
  if (closedForm) checkClosedForm(closedForm, format.fractionBits, name);
  checked.add(multiplier);
}

const tables = new WeakMap<Multiplier, MantissaLut>();

/**
 * The table of a multiplier that keeps its contract. Its closed form, if it has one, gives the same
 * products. All of it is checked once.
 *
 * @throws {MultiplierError} that names what is wrong, or the first pair on which form and table differ.
 * @throws {LutFormatError} a table that is not consistent.
 */
export function provenLut(multiplier: Multiplier): MantissaLut {
  let lut = tables.get(multiplier);
  if (!lut) {
    checkMultiplier(multiplier);
    const {name, format, closedForm} = multiplier;
    lut = multiplier.lut();
    if (typeof lut !== 'object' || lut === null) {
      throw new MultiplierError(`multiplier "${name}"`, {
        found: `${shown(lut)} as the answer of lut()`,
        expected: 'a MantissaLut',
      });
    }
    checkLut(lut);
    if (lut.mantissaBits !== format.fractionBits) {
      throw new MultiplierError(`multiplier "${name}"`, {
        found: `a table of ${lut.mantissaBits} mantissa bits`,
        expected: `one of its format's ${format.fractionBits} fraction bits`,
      });
    }
    if (closedForm) proveClosedForm(closedForm, lut);
    tables.set(multiplier, lut);
  }
  return lut;
}

/** `undefined`, `null`, `"wat"`, `8.5`; of what is no plain value only the type. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const isPlain = value === null || !['object', 'function'].includes(typeof value);
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}

function isFloat32Multiplication({format, evaluation, closedForm}: Multiplier): boolean {
  if (evaluation !== 'native' || closedForm?.kind !== 'native') return false;
  const {firstSignificands, secondSignificands, productBits} = closedForm;
  return (
    isFloat32(format) && !firstSignificands && !secondSignificands && productBits === undefined
  );
}

function isFloat32({exponentBits, fractionBits, subnormals, overflow, maxFinite}: FloatFormat) {
  return (
    exponentBits === FLOAT32.exponentBits &&
    fractionBits === FLOAT32.fractionBits &&
    subnormals === FLOAT32.subnormals &&
    overflow === FLOAT32.overflow &&
    maxFinite === undefined
  );
}
