// SPDX-License-Identifier: Apache-2.0
/** How Verilog names other files. */
import {type IncludeSyntax, compilerPath, withShortPaths} from '../sources.js';

/** Yosys sees the files of the disk below this folder, beside what it brings and writes itself. */
export const SOURCE_FOLDER = 'lut-builder-sources';

/** A file of the disk as Yosys sees it. */
export function yosysPath(path: string): string {
  return SOURCE_FOLDER + compilerPath(path);
}

/** What Yosys says, with paths of the disk. */
export function withDiskPaths(text: string): string {
  return withShortPaths(text.replaceAll(SOURCE_FOLDER, ''));
}

/** `$readmemh` of a name that is no literal is left to Yosys, which looks beside the source. */
export const VERILOG_INCLUDES: IncludeSyntax = {
  pattern: /(?:`include|\$readmem[bh]\s*\()\s*"([^"\n]+)"/g,
  findsNamed: true,
  rewritten: (_name, path) => yosysPath(path),
};
