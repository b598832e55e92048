// SPDX-License-Identifier: Apache-2.0
/**
 * The files of a C or C++ model: those that were named and what they include, in memory.
 *
 * Compilers see these files and their own headers, nothing else of the disk. Includes are found by
 * their text, so a file name that a macro makes up is not found.
 */
import {type Stats} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {MultiplierError} from '../../errors.js';

export interface Sources {
  /** By absolute path, `/` between its parts and no drive colon in it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The files that were named, in order: each is compiled by itself. */
  readonly units: readonly string[];
  readonly includeFolders: readonly string[];
}

const MAX_FILES = 2000;
const MAX_BYTES = 64 * 2 ** 20;
const INCLUDE =
  /(?:^[ \t]*#[ \t]*(?:include|include_next|import|embed)|__has_include[ \t]*\()[ \t]*(["<])([^">\n]+)[">]/gm;

/** @throws {MultiplierError} if a source is no regular file, or they are too many or too large. */
export async function collectSources(
  paths: readonly string[],
  includeFolders: readonly string[],
): Promise<Sources> {
  for (const folder of includeFolders) await assertFolder(folder);
  const files = new Map<string, Uint8Array>();
  const waiting = [...paths];
  let bytes = 0;
  while (waiting.length > 0) {
    const path = waiting.shift()!;
    if (files.has(compilerPath(path))) continue;
    const stats = await stat(path);
    bytes += stats.size;
    assertReadable(path, stats, files.size + 1, bytes);
    const content = await readFile(path);
    files.set(compilerPath(path), content);
    waiting.push(...(await included(path, content, includeFolders)));
  }
  return {
    files,
    units: paths.map(compilerPath),
    includeFolders: includeFolders.map(compilerPath),
  };
}

/** A path of the disk as the compiler sees it: `/c/models/a.c` for `C:\models\a.c`. */
export function compilerPath(path: string): string {
  const absolute = resolve(path).replaceAll('\\', '/');
  return absolute.replace(/^([A-Za-z]):/, '/$1');
}

/** The files on disk that the includes of a file may mean. */
async function included(
  path: string,
  content: Buffer,
  includeFolders: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const [, bracket, name] of content.toString('latin1').matchAll(INCLUDE)) {
    // Latin-1 keeps every byte of a file that is no text; names are UTF-8.
    const file = Buffer.from(name!, 'latin1').toString();
    if (file.includes('\0')) continue;
    const folders = bracket === '"' ? [dirname(path), ...includeFolders] : includeFolders;
    for (const folder of folders) {
      const candidate = join(folder, file);
      if (await isFile(candidate)) found.push(candidate);
    }
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function assertFolder(folder: string): Promise<void> {
  if ((await stat(folder)).isDirectory()) return;
  throw new MultiplierError(`include folder "${folder}"`, {found: 'a file', expected: 'a folder'});
}

function assertReadable(path: string, stats: Stats, files: number, bytes: number): void {
  if (!stats.isFile()) {
    throw new MultiplierError(`source "${path}"`, {
      found: stats.isDirectory() ? 'a folder' : 'a device or pipe',
      expected: 'a regular file',
    });
  }
  if (files > MAX_FILES || bytes > MAX_BYTES) {
    throw new MultiplierError(`source "${path}"`, {
      found: `more than ${files - 1} files or ${MAX_BYTES / 2 ** 20} MiB with what it includes`,
      expected: `at most ${MAX_FILES} files and ${MAX_BYTES / 2 ** 20} MiB`,
    });
  }
}
