// SPDX-License-Identifier: Apache-2.0
/** The registry: multipliers by name, the shipped ones and those a user adds. */
import {proveClosedForm} from './closed-form.js';
import {MultiplierError} from './errors.js';
import {withEvaluation} from './evaluation.js';
import type {MantissaLut} from './lut/lut.js';
import {lutMultiplier} from './lut/multiplier.js';
import {bf16, fp16, fp32, tf32} from './models/exact-formats.js';
import type {MultiplierFamily} from './models/family.js';
import {mbm} from './models/mbm.js';
import {mitchell} from './models/mitchell.js';
import {truncated} from './models/truncated.js';
import type {EvaluationForm, FloatFormat, Multiplier, OperandRounding} from './multiplier.js';

const singles: readonly Multiplier[] = [fp32, tf32, bf16, fp16];
const families: readonly MultiplierFamily[] = [truncated, mitchell, mbm];

/** Insertion order is the order of `listMultipliers`. */
const registry = new Map<string, Multiplier>();
for (const multiplier of singles) registry.set(multiplier.name, multiplier);
for (const family of families) {
  for (let m = family.minMantissaBits; m <= family.maxMantissaBits; m++) {
    const multiplier = family.member(m);
    registry.set(multiplier.name, multiplier);
  }
}
const shipped = new Set(registry.keys());

/** After a name: evaluate by the table, whatever closed form there is. */
const FROM_TABLE = ':lut';

/** What can be said of a multiplier without building its table. Plain data. */
export interface MultiplierInfo {
  readonly name: string;
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
 * @param name Family + mantissa bits (`mbm7`), a format (`bf16`) or a registered name; with `:lut`
 *     after it, the same multiplier always evaluated by its table.
 * @throws {MultiplierError} that lists the names there are and suggests the closest one.
 */
export function getMultiplier(name: string): Multiplier {
  const multiplier = registry.get(name);
  if (multiplier === undefined && typeof name === 'string' && name.endsWith(FROM_TABLE)) {
    const base = registry.get(name.slice(0, -FROM_TABLE.length));
    if (base !== undefined) return withEvaluation(base, 'lut');
  }
  if (multiplier === undefined) {
    throw new MultiplierError('getMultiplier', {
      found: quote(name),
      expected: `one of ${knownNames()}`,
      remedy: `Did you mean ${quote(closestName(String(name)))}?`,
    });
  }
  return multiplier;
}

/** Every multiplier there is, shipped ones first. */
export function listMultipliers(): MultiplierInfo[] {
  return [...registry.values()].map(multiplier => {
    const {name, description, format, rounding, evaluation, exact} = multiplier;
    const mantissaBits = format.fractionBits;
    return {name, description, mantissaBits, format, rounding, evaluation, exact};
  });
}

/**
 * Makes a multiplier available under its name. Registering the same object again does nothing.
 *
 * @throws {MultiplierError} if the name is taken, if it claims to be exact, or if it has no
 *     closed form of the evaluation form it names, or one that differs from its table.
 */
export function registerMultiplier(multiplier: Multiplier): void {
  const {name, evaluation, closedForm, exact} = multiplier;
  const present = registry.get(name);
  if (present === multiplier) return;
  if (present !== undefined || name === '') {
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
  if (evaluation !== 'lut' && closedForm?.kind !== evaluation) {
    throw new MultiplierError('registerMultiplier', {
      found: `${quote(name)} with ${closedForm ? `a ${closedForm.kind}` : 'no'} closed form`,
      expected: `one of its evaluation form, ${evaluation}`,
    });
  }
  if (closedForm) proveClosedForm(closedForm, multiplier.lut());
  registry.set(name, multiplier);
}

/**
 * Turns a name, a multiplier or a table into a multiplier. Equal arguments give the same object.
 *
 * @throws {MultiplierError} for an unknown name or another kind of value.
 * @throws {LutFormatError} for a table that is not consistent.
 */
export function resolveMultiplier(multiplier: string | Multiplier | MantissaLut): Multiplier {
  if (typeof multiplier === 'string') return getMultiplier(multiplier);
  if (typeof multiplier === 'object' && multiplier !== null) {
    if ('mantissaBits' in multiplier) return lutMultiplier(multiplier);
    if (typeof multiplier.lut === 'function') return multiplier;
  }
  throw new MultiplierError('resolveMultiplier', {
    found: multiplier === null ? 'null' : `a value of type ${typeof multiplier}`,
    expected: 'a name, a Multiplier or a MantissaLut',
  });
}

/** `fp32, tf32, bf16, fp16, truncated1..11, ...` and the names of registered ones. */
function knownNames(): string {
  return [
    ...singles.map(({name}) => name),
    ...families.map(f => `${f.name}${f.minMantissaBits}..${f.maxMantissaBits}`),
    ...[...registry.keys()].filter(name => !shipped.has(name)),
  ].join(', ');
}

function closestName(asked: string): string {
  let closest = '';
  let smallest = Infinity;
  for (const name of registry.keys()) {
    // Among equally close names the one of the closest width: mbm11, not mbm1, for mbm12.
    const distance =
      editDistance(asked.toLowerCase(), name.toLowerCase()) +
      Math.min(0.9, Math.abs(width(asked) - width(name)) / 100);
    if (distance < smallest) {
      closest = name;
      smallest = distance;
    }
  }
  return closest;
}

/** The number a name ends in: 7 for mbm7. */
function width(name: string): number {
  return Number(/\d*$/.exec(name)![0]);
}

/** Levenshtein distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

function quote(name: unknown): string {
  return `"${String(name)}"`;
}
