// SPDX-License-Identifier: Apache-2.0
/** How Verilog names other files, and what Yosys would read otherwise than it stands there. */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {type IncludeSyntax, compilerPath, withShortPaths} from '../sources.js';

/** Yosys sees the files of the disk below this folder, beside what it brings and writes itself. */
const SOURCE_FOLDER = 'lut-builder-sources';

/** A file of the disk as Yosys sees it. */
export function yosysPath(path: string): string {
  return yosysPathOf(compilerPath(path));
}

/** The same of a path that is a compiler's already. What would end a string is replaced. */
export function yosysPathOf(path: string): string {
  return SOURCE_FOLDER + path.replaceAll('%', '%25').replaceAll('"', '%22');
}

/** What Yosys says, with paths of the disk. */
export function withDiskPaths(text: string): string {
  const plain = text.replaceAll(SOURCE_FOLDER, '').replaceAll('%22', '"').replaceAll('%25', '%');
  return withShortPaths(plain);
}

/** `$readmemh` of a name that is no literal is left to Yosys, which looks beside the source. */
export const VERILOG_INCLUDES: IncludeSyntax = {
  pattern: /(?:`include|\$readmem[bh]\s*\()\s*"([^"\n]+)"/g,
  findsNamed: true,
  rewritten: (_name, path) => yosysPath(path),
  check: assertPlainText,
};

/** Names that `VERILOG_INCLUDES` does not find; b or h of those that `$readmem` reads. */
const MADE_UP_NAMES = /`include\b(?!\s*"[^"\n]+")|\$readmem([bh])(?!\s*\(\s*"[^"\n]+")/g;

/** Whether a macro or parameter makes up the name of a file that a source includes or reads. */
export function hasMadeUpNames(source: Uint8Array): boolean {
  return madeUpNames(source).length > 0;
}

function madeUpNames(source: Uint8Array): RegExpExecArray[] {
  return [...withoutComments(Buffer.from(source).toString('latin1')).matchAll(MADE_UP_NAMES)];
}

/** `//` and `/*` in strings begin none. What is left of a comment still separates. */
function withoutComments(text: string): string {
  return text.replace(/\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:\\[^]|[^"\\\n])*"?/g, part =>
    part.startsWith('"') ? part : '/**/',
  );
}

/** A byte order mark, as the text is Latin-1. */
const MARK = '\xef\xbb\xbf';

/** Yosys takes a mark for the end of the file. */
export function withoutMark(content: Uint8Array): Uint8Array {
  const isMarked = Buffer.from(content.subarray(0, MARK.length)).toString('latin1') === MARK;
  return isMarked ? content.subarray(MARK.length) : content;
}

/** The end of the file is what Yosys takes such a character for, and it does not say so. */
function assertPlainText(path: string, text: string): void {
  const start = text.startsWith(MARK) ? MARK.length : 0;
  const commentsStringsAndOthers =
    /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:\\[^]|[^"\\\n])*"?|[^\x01-\x7f]+/g;
  for (const {0: part, index} of text.slice(start).matchAll(commentsStringsAndOthers)) {
    if (/^[/"]/.test(part)) continue;
    const line = text.slice(0, start + index).split('\n').length;
    const character = [...Buffer.from(part, 'latin1').toString()][0];
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    throw new MultiplierError(`source "${path}"`, {
      found: `the character U+${code} in line ${line}`,
      expected: 'ASCII text, but for comments and strings',
      remedy: 'Remove the character, or save the file as UTF-8.',
    });
  }
}

/** Yosys takes a digit that is none for a zero, and does not say so. */
export function assertDigits(files: ReadonlyMap<string, Uint8Array>): void {
  for (const source of files.values()) {
    const text = Buffer.from(source).toString('latin1');
    for (const [, base, name] of text.matchAll(/\$readmem([bh])\s*\(\s*"([^"\n]+)"/g)) {
      const path = Buffer.from(name, 'latin1').toString();
      const data = files.get(path);
      if (data === undefined) continue;
      const words = Buffer.from(data)
        .toString('latin1')
        .replace(/\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g, ' ')
        .split(/\s+/);
      const good = base === 'h' ? /^(?:[\da-fxz?_]*|@[\da-f_]+)$/i : /^(?:[01xz?_]*|@[\da-f_]+)$/i;
      const bad = words.find(word => !good.test(word));
      if (bad === undefined) continue;
      throw new MultiplierError(`data file "${withDiskPaths(path)}" of $readmem${base}`, {
        found: JSON.stringify(bad.slice(0, 40)),
        expected: base === 'h' ? 'hexadecimal numbers' : 'binary numbers',
      });
    }
  }
}
