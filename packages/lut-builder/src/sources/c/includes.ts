// SPDX-License-Identifier: Apache-2.0
/** How C and C++ name other files. */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {type IncludeSyntax, compilerPath} from '../sources.js';

// No `<` in a name in angle brackets: a line of nothing but `__has_include(<` would take for ever.
const INCLUDE =
  /(?:^[ \t]*#[ \t]*(?:include|include_next|import|embed)|__has_include[ \t]*\()[ \t]*(?:"([^"\n]+)"|<([^<>\n]+)>)/gm;
/** Directives of the assembler that read a file, as they stand in a string or a raw string. */
const ASSEMBLER_INCLUDE = /\.(?:incbin|include)(?:\s*\\"|\s+")/;

export const C_INCLUDES: IncludeSyntax = {
  pattern: INCLUDE,
  findsNamed: false,
  // The packaged compiler's file system takes `a/../b` for `a/b`.
  rewritten: (name, path) =>
    /(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name) ? compilerPath(path) : undefined,
  check: assertNoAssemblerInclude,
};

/**
 * The packaged compiler would find no such file, that of the system any of the disk. So this is help
 * against mistakes and plain attempts; text can be hidden from it.
 */
function assertNoAssemblerInclude(path: string, text: string): void {
  const found = ASSEMBLER_INCLUDE.exec(text);
  if (found === null) return;
  throw new MultiplierError(`source "${path}"`, {
    found: `the assembler's .${/\w+/.exec(found[0])![0]}, which reads a file`,
    expected: 'a model in C or C++',
    remedy: 'Write the data as an array, or use #embed.',
  });
}
