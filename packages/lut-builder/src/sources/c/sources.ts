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
    const {content, includes} = await withIncludes(path, await readFile(path), includeFolders);
    files.set(compilerPath(path), content);
    waiting.push(...includes);
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

/**
 * The files on disk that the includes of a file may mean. Includes with `..` are written out, as
 * the packaged compiler's file system takes `a/../b` for `a/b`.
 */
async function withIncludes(
  path: string,
  original: Buffer,
  includeFolders: readonly string[],
): Promise<{content: Uint8Array; includes: readonly string[]}> {
  const includes: string[] = [];
  const parts: Buffer[] = [];
  let copied = 0;
  // Latin-1 keeps every byte of a file that is no text; names are UTF-8.
  const text = original.toString('latin1');
  for (const match of text.matchAll(INCLUDE)) {
    const [directive, bracket, latin1Name] = match;
    const name = Buffer.from(latin1Name!, 'latin1').toString();
    if (name.includes('\0')) continue;
    const folders = bracket === '"' ? [dirname(path), ...includeFolders] : includeFolders;
    const found: string[] = [];
    for (const folder of folders) {
      const candidate = join(folder, name);
      if (await isFile(candidate)) found.push(candidate);
    }
    includes.push(...found);
    if (found[0] === undefined || !/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name)) continue;
    const end = match.index + directive.length - 1;
    parts.push(original.subarray(copied, end - latin1Name!.length));
    parts.push(Buffer.from(compilerPath(found[0])));
    copied = end;
  }
  return {content: Buffer.concat([...parts, original.subarray(copied)]), includes};
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
