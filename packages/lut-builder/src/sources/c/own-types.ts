// SPDX-License-Identifier: Apache-2.0
/**
 * Models that define `uint32_t` and its like themselves, as `typedef unsigned long uint32_t;` written
 * for another machine, beside headers that define them too. Theirs are renamed where they are
 * otherwise refused: the standard headers that the sources include come first, and a macro then
 * stands for each name.
 */
import type {Sources} from '../sources.js';

/** Begins the names that take the place of a model's own types. */
export const OWN_TYPE = 'lut_builder_own_';

const TYPE = '(?:u?int(?:_least|_fast)?(?:8|16|32|64)_t|u?int(?:max|ptr)_t|s?size_t)';
const OWN = new RegExp(`\\btypedef\\b[^;{}()]*?\\b(${TYPE})[ \\t]*;`, 'g');
const STANDARD_INCLUDE = /^[ \t]*#[ \t]*include[ \t]*<([\w./]+)>/gm;

/** The same sources with types of their own; undefined if they define none of these names. */
export function withOwnTypes(sources: Sources): Sources | undefined {
  const texts = [...sources.files.values()].map(content => Buffer.from(content).toString('latin1'));
  const groups = (pattern: RegExp) =>
    new Set(texts.flatMap(text => [...text.matchAll(pattern)].map(([, name]) => name)));
  const own = groups(OWN);
  if (own.size === 0) return undefined;
  const paths = [...sources.files.keys()];
  // Those of the model are left where they are: they may be the ones that define the types.
  const standard = [...groups(STANDARD_INCLUDE)].filter(
    name => !paths.some(path => path.endsWith(`/${name}`)),
  );
  const before = [
    ...standard.flatMap(name => [`#if __has_include(<${name}>)`, `#include <${name}>`, '#endif']),
    ...[...own].map(name => `#define ${name} ${OWN_TYPE}${name}`),
    '#line 1',
  ];
  const files = new Map(sources.files);
  for (const unit of sources.units) {
    files.set(unit, Buffer.concat([Buffer.from(`${before.join('\n')}\n`), files.get(unit)!]));
  }
  return {...sources, files};
}

/** What the compiler says, with the names that the source has. */
export function withSourceTypes(text: string): string {
  return text.replaceAll(OWN_TYPE, '');
}
