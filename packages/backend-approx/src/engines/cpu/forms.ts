// SPDX-License-Identifier: Apache-2.0
/**
 * From a multiplier's evaluation form to the constants of the inner loops, among them the exponents
 * for which a fast loop gives the multiplier's bits. Where operands have others, or are infinite or
 * NaN, products come from the table, rounded and flushed as the functional model does.
 */
import {
  checkMultiplier,
  floatToBits,
  type LogAddForm,
  type Multiplier,
  type NativeForm,
  provenLut,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {LOG_ADD, NATIVE, TABLE, type JobFields} from './job.js';

type FormField =
  | 'form'
  | 'exact'
  | 'normalised'
  | 'mantissaBits'
  | 'lowestSum'
  | 'highestSum'
  | 'cut'
  | 'lowestBit'
  | 'rowAdd'
  | 'offsetAdd'
  | 'checkFrom'
  | 'keepBelow';

/** The part of a job that depends on the multiplier alone. */
export interface ProductForm {
  readonly fields: Pick<JobFields, FormField>;
  /** For native products: significands of the first and the second operand, by fraction. */
  readonly firstSignificands?: Float32Array;
  readonly secondSignificands?: Float32Array;
  /** Significand products by first and second fraction; none for fp32. */
  readonly table: Float32Array | null;
}

const ONE = 0x3f800000;
const TWO_23 = 2 ** 23;
/** The product's scale, 2^(Ea + Eb - 254), is a normal float32 from this sum of exponents on. */
const NORMAL_SUM = 128;
/** Up to this one it stays finite when it is multiplied by a significand product below 4. */
const FINITE_SUM = 379;
const NEVER = 2 ** 30;

const NOTHING = {
  exact: 0,
  normalised: 1,
  lowestSum: NORMAL_SUM,
  highestSum: FINITE_SUM,
  cut: -1,
  lowestBit: 0,
  rowAdd: 0,
  offsetAdd: 0,
  checkFrom: NEVER,
  keepBelow: NEVER,
};

const forms = new WeakMap<Multiplier, ProductForm>();

export function productFormOf(multiplier: Multiplier): ProductForm {
  let form = forms.get(multiplier);
  if (!form) forms.set(multiplier, (form = createForm(multiplier)));
  return form;
}

function createForm(multiplier: Multiplier): ProductForm {
  checkMultiplier(multiplier);
  const {evaluation, closedForm, exact} = multiplier;
  const mantissaBits = multiplier.format.fractionBits;
  if (exact) {
    // Every float32 product is the processor's own.
    const bounds = {lowestSum: -NEVER, highestSum: NEVER};
    return {fields: {...NOTHING, ...bounds, form: NATIVE, exact: 1, mantissaBits}, table: null};
  }
  const table = significandProducts(provenLut(multiplier));
  const normalised = Number(table.every(product => product >= 1));
  const shared = {...NOTHING, normalised, mantissaBits};
  if (evaluation === 'native' && closedForm?.kind === 'native') {
    const {firstSignificands, secondSignificands} = closedForm;
    const fields = {...shared, form: NATIVE, ...nativeFields(closedForm)};
    return {fields, firstSignificands, secondSignificands, table};
  }
  if (evaluation === 'logAdd' && closedForm?.kind === 'logAdd') {
    return {fields: {...shared, form: LOG_ADD, ...logAddFields(closedForm, mantissaBits)}, table};
  }
  return {fields: {...shared, form: TABLE}, table};
}

function nativeFields({firstSignificands, secondSignificands, productBits}: NativeForm) {
  const lowest = lowestExponent(firstSignificands) + lowestExponent(secondSignificands);
  return {
    cut: cutTo(productBits),
    // Below, the product would be rounded once more.
    lowestSum: NORMAL_SUM - Math.min(0, lowest),
  };
}

function logAddFields(
  {setLowestBit, logOffset = 0, offset = 0, productBits}: LogAddForm,
  m: number,
) {
  const unit = 2 ** (23 - m);
  const largestFraction = (2 ** m - 1) * unit;
  const smallestFraction = setLowestBit ? unit : 0;
  // Binades between which the uncorrected significand product lies.
  const lowest = Math.floor((2 * smallestFraction + logOffset) / TWO_23);
  const highest = Math.floor((2 * largestFraction + logOffset) / TWO_23);
  const fields = {
    cut: cutTo(productBits),
    lowestBit: setLowestBit ? unit : 0,
    rowAdd: logOffset - ONE,
    lowestSum: NORMAL_SUM - Math.min(0, lowest),
    highestSum: Math.min(FINITE_SUM, FINITE_SUM + 1 - highest),
  };
  if (offset === 0) return fields;
  const offsetBits = floatToBits(offset);
  const dropped = firstDropped(logOffset, offset, 2 * largestFraction, unit);
  return {
    ...fields,
    // The offset alone must be normal too, when it is scaled.
    lowestSum: Math.max(fields.lowestSum, NORMAL_SUM - Math.floor(Math.log2(offset))),
    offsetAdd: offsetBits - 2 * ONE,
    checkFrom: dropped - largestFraction,
    keepBelow: dropped + logOffset + ONE - offsetBits,
  };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The smallest sum of fractions at which the offset would bring the product to 4, and is left out. */
function firstDropped(logOffset: number, offset: number, largest: number, unit: number): number {
  for (let sum = 0; sum <= largest; sum += unit) {
    bits[0] = ONE + sum + logOffset;
    if (Math.fround(float[0] + offset) >= 4) return sum;
  }
  return NEVER;
}

function cutTo(productBits: number | undefined): number {
  return productBits === undefined ? -1 : -(2 ** (23 - productBits));
}

/** Of significands in [0, 4), zeros aside: the lowest power of two that one of them reaches. */
export function lowestExponent(significands: Float32Array | undefined): number {
  if (!significands) return 0;
  const smallest = significands.reduce((least, s) => (s > 0 && s < least ? s : least), 2);
  return Math.floor(Math.log2(smallest));
}

export function highestExponent(significands: Float32Array | undefined): number {
  return significands?.some(significand => significand >= 2) ? 1 : 0;
}
