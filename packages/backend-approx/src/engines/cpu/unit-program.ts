// SPDX-License-Identifier: Apache-2.0
/**
 * What a MAC unit is to the CPU engine: the constants of the inner loops, among them the exponents
 * for which a fast loop gives the unit's bits. Where operands have others, or are infinite or NaN,
 * products come from the table, rounded and flushed as the functional model does.
 */
import {
  type Accumulator,
  type AdditionKind,
  floatToBits,
  type LogAddForm,
  type MacUnit,
  type NativeForm,
  type OperandEncoding,
  type ProductRule,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {LOG_ADD, MULTIPLY, NATIVE, REDUCE, TABLE, type JobFields} from './job.js';
import type {ExponentRange} from './rounding.js';
import type {TileLimits} from './output-tiles.js';

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

/** What a unit makes of one operand. */
export interface OperandProgram {
  /** How its values are rounded; null where they are taken as they are. */
  readonly encoding: OperandEncoding | null;
  /** For native products: its significands by fraction. */
  readonly significands?: Float32Array;
  /** Biased exponents with which it can take part in the fast loop, in lanes and in rows. */
  readonly lowest: number;
  readonly highest: number;
  readonly highestInRows: number;
}

export interface UnitProgram {
  /** The part of a job that depends on the unit alone. */
  readonly fields: Pick<JobFields, FormField>;
  /** The loops that add products, and the sums of blocks. */
  readonly phases: {readonly multiply: number; readonly reduce: number};
  readonly first: OperandProgram;
  readonly second: OperandProgram;
  /** Significand products by first and second fraction; none for fp32. */
  readonly table: Float32Array | null;
  /** What tables in memory are kept by: units with different accumulators share it. */
  readonly product: ProductRule;
  readonly accumulator: Accumulator;
  readonly tileLimits: TileLimits;
  /** Whether no product of values with these exponents needs another loop than the form's. */
  isUnchecked(first: ExponentRange, second: ExponentRange): boolean;
}

/** A new kind of addition is a loop of its own in wasm/. */
const PHASES: Readonly<Record<AdditionKind, UnitProgram['phases']>> = {
  fp32: {multiply: MULTIPLY, reduce: REDUCE},
};

const WITHOUT_TABLE: TileLimits = {
  mostRows: 128,
  mostLanes: 2048,
  mostSums: 2 ** 16,
  fewestLanes: 64,
};

/** A tile interleaves 2^m columns of the table for every four rows and k. */
function tableLimits(mantissaBits: number): TileLimits {
  const mostLanes = Math.max(1024, 4 * 2 ** mantissaBits);
  return {mostRows: 128, mostLanes, mostSums: 2 ** 17, fewestLanes: mostLanes / 2};
}

/** The largest biased exponent of a finite float32. */
const HIGHEST = 254;
/** Table rows are scaled before they are used: 2^127 * L may be too large. */
const HIGHEST_TABLE_ROW = 253;

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

const programs = new WeakMap<MacUnit, UnitProgram>();

/** @throws {MultiplierError} a unit that breaks its contract. */
export function programOf(unit: MacUnit): UnitProgram {
  let program = programs.get(unit);
  if (!program) programs.set(unit, (program = createProgram(unit)));
  return program;
}

function createProgram({first, second, product, accumulator}: MacUnit): UnitProgram {
  const shared = {phases: PHASES[accumulator.kind], product, accumulator};
  const m = first.format.fractionBits;
  if (product.exact) {
    // Every float32 product is the processor's own.
    const bounds = {lowestSum: -NEVER, highestSum: NEVER};
    return {
      ...shared,
      fields: {...NOTHING, ...bounds, form: NATIVE, exact: 1, mantissaBits: m},
      first: operandProgram(null),
      second: operandProgram(null),
      table: null,
      tileLimits: WITHOUT_TABLE,
      isUnchecked: () => true,
    };
  }
  const table = significandProducts(product.lut());
  const normalised = Number(table.every(entry => entry >= 1));
  const constants = {...NOTHING, normalised, mantissaBits: m};
  switch (product.kind) {
    case 'native': {
      const {firstSignificands, secondSignificands} = product.form;
      const fields = {...constants, form: NATIVE, ...nativeFields(product.form)};
      const isPrepared = firstSignificands !== undefined || secondSignificands !== undefined;
      return {
        ...shared,
        fields,
        first: operandProgram(first, firstSignificands),
        second: operandProgram(second, secondSignificands),
        table,
        tileLimits: WITHOUT_TABLE,
        isUnchecked: (a, b) => !isPrepared && isInRange(fields, a, b),
      };
    }
    case 'logAdd':
      return {
        ...shared,
        fields: {...constants, form: LOG_ADD, ...logAddFields(product.form, m)},
        first: operandProgram(first),
        second: operandProgram(second),
        table,
        tileLimits: WITHOUT_TABLE,
        isUnchecked: () => false,
      };
    case 'lut':
      return {
        ...shared,
        fields: {...constants, form: TABLE},
        first: {...operandProgram(first), highestInRows: HIGHEST_TABLE_ROW},
        second: {...operandProgram(second), highestInRows: HIGHEST_TABLE_ROW},
        table,
        tileLimits: tableLimits(m),
        isUnchecked: () => false,
      };
  }
}

function operandProgram(
  encoding: OperandEncoding | null,
  significands?: Float32Array,
): OperandProgram {
  // A prepared operand must be a normal float32 too.
  const lowest = 1 - Math.min(0, lowestExponent(significands));
  const highest = HIGHEST - highestExponent(significands);
  return {encoding, significands, lowest, highest, highestInRows: highest};
}

function isInRange(
  {lowestSum, highestSum}: Pick<JobFields, 'lowestSum' | 'highestSum'>,
  a: ExponentRange,
  b: ExponentRange,
): boolean {
  return (
    Math.max(a.high, b.high) <= HIGHEST &&
    a.low + b.low >= lowestSum &&
    a.high + b.high <= highestSum
  );
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
function lowestExponent(significands: Float32Array | undefined): number {
  if (!significands) return 0;
  const smallest = significands.reduce((least, s) => (s > 0 && s < least ? s : least), 2);
  return Math.floor(Math.log2(smallest));
}

function highestExponent(significands: Float32Array | undefined): number {
  return significands?.some(significand => significand >= 2) ? 1 : 0;
}
