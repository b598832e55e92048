// SPDX-License-Identifier: Apache-2.0
/** The library: every family there is, and the members of each by name. */
import {almLoa, almSoa} from './alm.js';
import {babic} from './babic.js';
import {drum} from './drum.js';
import {type MultiplierFamily, integersFrom, memberName} from './family.js';
import {kulkarni} from './kulkarni.js';
import {mbm} from './mbm.js';
import {mitchell} from './mitchell.js';
import {oam} from './oam.js';
import {pam} from './pam.js';
import {perforated} from './perforated.js';
import {realm} from './realm.js';
import {roba} from './roba.js';
import {dsm, essm, ssm} from './segments.js';
import {truncatedArray, truncatedArrayConstant} from './truncated-array.js';
import {truncated} from './truncated.js';
import type {Multiplier} from './multiplier.js';

const families: readonly MultiplierFamily[] = [
  truncated,
  mitchell,
  mbm,
  realm,
  almSoa,
  almLoa,
  pam,
  oam,
  roba,
  babic,
  drum,
  dsm,
  ssm,
  essm,
  kulkarni,
  truncatedArray,
  truncatedArrayConstant,
  perforated,
];

/** What a family is made for. Plain data. */
export interface FamilyInfo {
  readonly name: string;
  /** The names of its members: `mbm<m>`, `drum<k>-<m>`. */
  readonly pattern: string;
  readonly description: string;
  readonly minMantissaBits: number;
  readonly maxMantissaBits: number;
  /** In the order of the name. */
  readonly parameters: ReadonlyArray<{
    readonly symbol: string;
    readonly meaning: string;
    /** In words: `2..m`. */
    readonly range: string;
  }>;
}

/** Every family of multipliers. Formats such as `bf16` are in none. */
export function listFamilies(): FamilyInfo[] {
  return families.map(family => {
    const {name, description, parameters = [], minMantissaBits, maxMantissaBits} = family;
    const symbols = parameters.map(({symbol}) => `<${symbol}>`).join('-');
    return {
      name,
      pattern: symbols === '' ? `${name}<m>` : `${name}${symbols}-<m>`,
      description,
      minMantissaBits,
      maxMantissaBits,
      parameters: parameters.map(({symbol, meaning, range}) => ({symbol, meaning, range})),
    };
  });
}

/** Members are made when they are asked for: there are thousands. */
const members = new Map<string, Multiplier>();

/** Family, then its numbers without leading zeros: `alm-soa3-7` is alm-soa, 3 and 7. */
const NAME = /^([a-z]+(?:-[a-z]+)*)((?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*))*)$/;

/** The member of a family that has this name, always the same object. */
export function familyMember(name: string): Multiplier | undefined {
  let member = members.get(name);
  if (member === undefined) {
    const [, familyName, numbers = ''] = NAME.exec(name) ?? [];
    const family = families.find(candidate => candidate.name === familyName);
    if (family === undefined) return undefined;
    const parameters = numbers.split('-').map(Number);
    const m = parameters.pop()!;
    if (!hasMember(family, m, parameters)) return undefined;
    member = family.member(m, ...parameters);
    members.set(name, member);
  }
  return member;
}

/** The family that a member's name says. */
export function familyOf(name: string): string | undefined {
  return familyMember(name) && NAME.exec(name)![1];
}

/**
 * Names of members.
 *
 * @param which `listed`: a choice for people, all widths of families without parameters, and 7-bit
 *     members of the others. `all`: every member.
 */
export function memberNames(which: 'listed' | 'all'): string[] {
  return families.flatMap(family => {
    const {name, parameters = [], minMantissaBits, maxMantissaBits} = family;
    const onlySeven = which === 'listed' && parameters.length > 0;
    const widths = onlySeven ? [7] : integersFrom(minMantissaBits, maxMantissaBits);
    return widths.flatMap(m =>
      parameters
        .reduce<number[][]>(
          (found, parameter) =>
            found.flatMap(before => {
              const values = parameter.values(m, ...before);
              const {listed = values} = parameter;
              const chosen = which === 'all' ? values : values.filter(v => listed.includes(v));
              return chosen.map(value => [...before, value]);
            }),
          [[]],
        )
        .map(chosen => memberName(name, m, chosen)),
    );
  });
}

function hasMember(family: MultiplierFamily, m: number, parameters: readonly number[]): boolean {
  const {parameters: expected = [], minMantissaBits, maxMantissaBits} = family;
  return (
    m >= minMantissaBits &&
    m <= maxMantissaBits &&
    parameters.length === expected.length &&
    expected.every(({values}, k) => values(m, ...parameters.slice(0, k)).includes(parameters[k]))
  );
}
