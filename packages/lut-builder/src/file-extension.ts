// SPDX-License-Identifier: Apache-2.0
/** What a file's name says of its kind, in capitals or not: some systems and archives write `MUL.C`. */
import {extname} from 'node:path';

/** In lower case; empty if there is none. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase();
}

export function hasExtension(path: string, extensions: readonly string[]): boolean {
  return extensions.includes(extensionOf(path));
}
