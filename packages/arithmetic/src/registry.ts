// SPDX-License-Identifier: Apache-2.0
/** The registry: multipliers by name, the shipped ones and those a user adds. */
import {checkMultiplier, provenLut} from './multipliers/check-multiplier.js';
import {MultiplierError} from './errors.js';
import {editDistance, isNear} from './edit-distance.js';
import {EVALUATION_FORMS, withEvaluation} from './multipliers/with-evaluation.js';
import {familyMember, familyOf, memberNames} from './multipliers/families.js';
import type {MantissaLut} from './tables/lut.js';
import {lutMultiplier} from './tables/lut-multiplier.js';
import {bf16, fp16, fp32, fp8e4m3, fp8e5m2, tf32} from './multipliers/exact-formats.js';
import type {FloatFormat, OperandRounding} from './formats/float-format.js';
import type {EvaluationForm, Multiplier} from './multipliers/multiplier.js';
import {OPERAND_ROUNDINGS, withRounding} from './multipliers/with-rounding.js';

const formats: readonly Multiplier[] = [fp32, tf32, bf16, fp16, fp8e5m2, fp8e4m3];

/** Formats, and the multipliers that users add; members of families are found by their name. */
const registry = new Map<string, Multiplier>();
for (const multiplier of formats) registry.set(multiplier.name, multiplier);

/** What can be said of a multiplier without building its table. Plain data. */
export interface MultiplierInfo {
  readonly name: string;
  /** `mbm` of `mbm7`; absent for formats and registered multipliers. */
  readonly family?: string;
  readonly description: string;
  /** m, the operands' fraction bits. */
  readonly mantissaBits: number;
  readonly format: FloatFormat;
  readonly rounding: OperandRounding;
  readonly evaluation: EvaluationForm;
  readonly exact: boolean;
}

/**
 * The multiplier of a name; always the same object.
 *
 * @param name Family + mantissa bits (`mbm7`), family + parameters + mantissa bits (`drum6-7`), a
 *     format (`bf16`) or a registered name. `:nearestEven` or `:truncate` after it says how operands
 *     are rounded, `:lut` that products come from the table whatever closed form there is (or `:native`,
 *     `:logAdd`: from that form). What the multiplier does anyway is no part of its own name.
 * @throws {MultiplierError} that suggests the name spelt most like this one, if one is near.
 */
export function getMultiplier(name: string): Multiplier {
  const multiplier = typeof name === 'string' ? find(name) : undefined;
  if (multiplier === undefined) {
    throw new MultiplierError('getMultiplier', {
      found: quote(name),
      expected: 'the name of a multiplier',
      remedy: FILE_LIKE.test(name)
        ? "Give a table's file to readLut of '@tfjs-approx/lut-builder/node', and what that returns here."
        : suggestion(String(name)) + NAMES,
    });
  }
  return multiplier;
}

const NAMES =
  'Names are a format (bf16), or a family with its parameters and mantissa bits (mbm7, drum6-7); ' +
  'listMultipliers() and `npx lut-builder list` have them all.';

/** Options after a `:` say nothing of which name was meant. */
function suggestion(name: string): string {
  const asked = name.split(':')[0];
  const near = closestName(asked);
  return isNear(asked, near) ? `Did you mean ${quote(near)}? ` : '';
}

/** A path, or a file name with an extension. */
const FILE_LIKE = /[\\/]|\.[a-z]+$/i;

function find(name: string): Multiplier | undefined {
  // `mbm7` and [`nearestEven`, `lut`] of `mbm7:nearestEven:lut`.
  const [base, ...suffixes] = name.split(':');
  const multiplier = registry.get(base) ?? familyMember(base);
  if (multiplier === undefined) return undefined;
  const rounding = OPERAND_ROUNDINGS.find(candidate => suffixes.includes(candidate));
  const evaluation = EVALUATION_FORMS.find(candidate => suffixes.includes(candidate));
  // One of each kind at most.
  if (Number(!!rounding) + Number(!!evaluation) !== suffixes.length) return undefined;
  const rounded = rounding ? withRounding(multiplier, rounding) : multiplier;
  return evaluation ? withEvaluation(rounded, evaluation) : rounded;
}

/**
 * Formats, then families, then registered multipliers. Of families whose members have parameters
 * only those of 7 bits are here: `listFamilies` says what others can be named.
 */
export function listMultipliers(): MultiplierInfo[] {
  const formatNames = formats.map(({name}) => name);
  const names = [...formatNames, ...memberNames('listed'), ...registeredNames()];
  return names.map(listed => {
    const {name, description, format, rounding, evaluation, exact} = getMultiplier(listed);
    const mantissaBits = format.fractionBits;
    const family = familyOf(name);
    return {
      name,
      ...(family === undefined ? {} : {family}),
      description,
      mantissaBits,
      format,
      rounding,
      evaluation,
      exact,
    };
  });
}

/**
 * Makes a multiplier available under its name. Registering the same object again does nothing.
 *
 * A table is built here only to compare a closed form with it. What has none has its table checked
 * before it is first used.
 *
 * @throws {MultiplierError} if the name is taken or has a `:` or `+` in it, or if the multiplier breaks its
 *     contract, as by a claim to be exact or a closed form that differs from its table.
 */
export function registerMultiplier(multiplier: Multiplier): void {
  checkMultiplier(multiplier);
  const {name, closedForm, exact} = multiplier;
  const present = find(name);
  if (present === multiplier) return;
  // `:` separates a name from options, such as `mbm7:lut`, and `+` from an accumulator.
  for (const [separator, what] of [
    [':', 'options such as ":lut" follow'],
    ['+', 'an accumulator such as "+fp32" follows'],
  ] as const) {
    if (!name.includes(separator)) continue;
    throw new MultiplierError('registerMultiplier', {
      found: `the name ${quote(name)}`,
      expected: `a name that has no "${separator}" in it`,
      remedy: `Give the multiplier another name; ${what} when it is asked for.`,
    });
  }
  if (present !== undefined) {
    throw new MultiplierError('registerMultiplier', {
      found: `the name ${quote(name)}`,
      expected: 'a name that is not taken',
      remedy: 'Give the multiplier another name.',
    });
  }
  if (exact) {
    throw new MultiplierError('registerMultiplier', {
      found: `${quote(name)} with exact = true`,
      expected: 'exact = false, as only fp32 products count as exact',
    });
  }
  if (closedForm) provenLut(multiplier);
  registry.set(name, multiplier);
}

/**
 * Turns a name, a multiplier or a table into a multiplier. Equal arguments give the same object.
 *
 * @throws {MultiplierError} for an unknown name, a multiplier that breaks its contract, or another
 *     kind of value.
 * @throws {LutFormatError} for a table that is not consistent.
 */
export function resolveMultiplier(multiplier: string | Multiplier | MantissaLut): Multiplier {
  if (typeof multiplier === 'string') return getMultiplier(multiplier);
  if (typeof multiplier === 'object' && multiplier !== null) {
    if ('mantissaBits' in multiplier) return lutMultiplier(multiplier);
    if (typeof multiplier.lut === 'function') {
      checkMultiplier(multiplier);
      return multiplier;
    }
  }
  throw new MultiplierError('resolveMultiplier', {
    found: multiplier === null ? 'null' : `a value of type ${typeof multiplier}`,
    expected: 'a name, a Multiplier or a MantissaLut',
  });
}

function registeredNames(): string[] {
  return [...registry.keys()].slice(formats.length);
}

function closestName(asked: string): string {
  let closest = '';
  let smallest = Infinity;
  for (const name of [...registry.keys(), ...memberNames('all')]) {
    // Among equally close names the one of the closest numbers: mbm11, not mbm1, for mbm12.
    const distance =
      editDistance(asked.toLowerCase(), name.toLowerCase()) +
      Math.min(0.9, numericDistance(asked, name) / 100);
    if (distance < smallest) {
      closest = name;
      smallest = distance;
    }
  }
  return closest;
}

/** How far the numbers in two names are from each other; where one is missing it is 7. */
function numericDistance(a: string, b: string): number {
  const [first, second] = [a, b].map(name => (name.match(/\d+/g) ?? []).map(Number));
  const count = Math.max(first.length, second.length);
  let distance = 0;
  for (let k = 0; k < count; k++) distance += Math.abs((first[k] ?? 7) - (second[k] ?? 7));
  return distance;
}

function quote(name: unknown): string {
  return `"${String(name)}"`;
}
