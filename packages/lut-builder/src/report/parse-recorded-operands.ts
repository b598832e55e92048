// SPDX-License-Identifier: Apache-2.0
/** Recorded operands from a file, every figure of which is checked before metrics are made of it. */
import {
  MAX_MANTISSA_BITS,
  type OperandHistogram,
  RECORDED_OPERANDS_KIND,
  RECORDED_PASSES,
  type RecordedOperands,
  type RecordedProducts,
} from '@tfjs-approx/arithmetic';
import {OperandsFormatError} from '../errors.js';

/** @throws {OperandsFormatError} Its parameters are what is wrong, what it is, what it should be. */
type Refuse = (part: string, found: string, expected: string) => never;

const COUNT = 'a count, a whole number from 0 on';
/** Of normal float32 values. */
const MIN_EXPONENT = -126;
const MAX_EXPONENT = 127;

/**
 * Reads what `JSON.stringify` made of recorded operands.
 *
 * @param file For messages.
 * @throws {OperandsFormatError} that names the part that is wrong, and its layer and pass.
 */
export function parseRecordedOperands(json: string, file: string): RecordedOperands {
  const refuse: Refuse = refusing(file);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    refuse('text', (error as Error).message, 'JSON');
  }
  const recorded = (value ?? {}) as RecordedOperands;
  const {kind, version, fractionBits, products} = recorded;
  if (kind !== RECORDED_OPERANDS_KIND) refuse('kind', shown(kind), `"${RECORDED_OPERANDS_KIND}"`);
  if (version !== 1) refuse('version', shown(version), '1');
  if (!Number.isInteger(fractionBits) || fractionBits < 1 || fractionBits > MAX_MANTISSA_BITS) {
    refuse('fractionBits', shown(fractionBits), `an integer in 1..${MAX_MANTISSA_BITS}`);
  }
  if (!Array.isArray(products) || products.length === 0) {
    refuse('products', shown(products), 'a list of at least one layer and pass');
  }
  for (const [p, product] of products.entries()) {
    checkProducts(product ?? {}, `products[${p}]`, fractionBits, file);
  }
  return recorded;
}

function checkProducts(
  {layer, pass, calls, macs, ...operands}: Partial<RecordedProducts>,
  at: string,
  fractionBits: number,
  file: string,
): void {
  if (typeof layer !== 'string') return refusing(file)(`${at}.layer`, shown(layer), 'a text');
  if (pass === undefined || !RECORDED_PASSES.includes(pass)) {
    return refusing(file, {layer})(`${at}.pass`, shown(pass), RECORDED_PASSES.join(', '));
  }
  const refuse: Refuse = refusing(file, {layer, pass});
  if (!isCount(calls)) refuse(`${at}.calls`, shown(calls), COUNT);
  if (!isCount(macs)) refuse(`${at}.macs`, shown(macs), COUNT);
  for (const place of ['first', 'second'] as const) {
    checkHistogram(operands[place] ?? {}, `${at}.${place}`, fractionBits, refuse);
  }
}

function checkHistogram(
  {values, zeros, nonFinite, fractions, exponents}: Partial<OperandHistogram>,
  at: string,
  fractionBits: number,
  refuse: Refuse,
): void {
  if (!isCount(values)) return refuse(`${at}.values`, shown(values), COUNT);
  if (!isCount(zeros)) return refuse(`${at}.zeros`, shown(zeros), COUNT);
  if (!isCount(nonFinite)) return refuse(`${at}.nonFinite`, shown(nonFinite), COUNT);

  const withFraction = checkedSum(fractions, `${at}.fractions`, refuse);
  const bins = 2 ** fractionBits;
  if (fractions!.length !== bins) {
    refuse(`${at}.fractions`, `${fractions!.length} counts`, `${bins}, as fractionBits says`);
  }
  const {first, counts} = exponents ?? {};
  if (!Number.isInteger(first)) refuse(`${at}.exponents.first`, shown(first), 'an integer');
  const withExponent = checkedSum(counts, `${at}.exponents.counts`, refuse);
  const last = first! + counts!.length - 1;
  if (first! < MIN_EXPONENT || last > MAX_EXPONENT) {
    const expected = `those of normal float32 values, ${MIN_EXPONENT} to ${MAX_EXPONENT}`;
    refuse(`${at}.exponents`, `exponents ${first} to ${last}`, expected);
  }

  const counted = zeros + nonFinite + withFraction;
  if (values !== counted) {
    refuse(`${at}.values`, String(values), `${counted}, the sum of zeros, nonFinite and fractions`);
  }
  if (withExponent !== withFraction) {
    const expected = `${withFraction}, the sum of fractions`;
    refuse(`${at}.exponents.counts`, `a sum of ${withExponent}`, expected);
  }
}

function checkedSum(counts: unknown, at: string, refuse: Refuse): number {
  if (!Array.isArray(counts)) return refuse(at, shown(counts), 'a list of counts');
  let sum = 0;
  for (const [i, count] of counts.entries()) {
    if (!isCount(count)) refuse(`${at}[${i}]`, shown(count), COUNT);
    sum += count;
  }
  return sum;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A value of the file, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function refusing(file: string, of?: {layer?: string; pass?: string}): Refuse {
  return (part, found, expected) => {
    const remedy = 'Record the operands again with recordOperands.';
    throw new OperandsFormatError(file, part, {found, expected, remedy}, of);
  };
}
