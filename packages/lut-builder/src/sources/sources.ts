// SPDX-License-Identifier: Apache-2.0
/**
 * The files of a model in C, C++ or Verilog: those that were named and what they include, in memory.
 *
 * A source need not be trusted, so what it includes has to lie in the folders of the files that were
 * named or in include folders, or below them: symbolic links and `..` may lead about in there, not
 * out of there. Includes are found by their text, whether or not they are compiled, so a file name
 * that a macro makes up is not found.
 */
import {type Stats, constants} from 'node:fs';
import {open, realpath, stat} from 'node:fs/promises';
import {dirname, isAbsolute, join, relative, resolve, sep} from 'node:path';
import {MultiplierError} from '@tfjs-approx/arithmetic';

export interface Sources {
  /** By absolute path, `/` between its parts and no drive colon in it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The files that were named, in order: each is compiled by itself. */
  readonly units: readonly string[];
  readonly includeFolders: readonly string[];
}

/** How the files of a language name others. */
export interface IncludeSyntax {
  /** Its first group is a name from the folder of the file, its second one from include folders. */
  readonly pattern: RegExp;
  /** Whether files are looked for in the folders of those that were named, too. */
  readonly findsNamed: boolean;
  /** How a file that was found is included; by its name as it is, unless given. */
  rewritten(name: string, path: string): string | undefined;
  /** @throws {MultiplierError} if the text reads files in another way. */
  check?(path: string, text: string): void;
}

const MAX_FILES = 2000;
const MAX_BYTES = 64 * 2 ** 20;
const CHUNK_BYTES = 2 ** 18;
/** Opening or reading what is no file after all does not wait. Windows has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What collecting has found out so far, and what it may still use. */
interface Collecting {
  /** In which included files have to lie, without symbolic links. */
  readonly roots: readonly string[];
  readonly searched: readonly string[];
  readonly syntax: IncludeSyntax;
  /** By path: the include without symbolic links, or nothing if it is no file. */
  readonly resolved: Map<string, string | undefined>;
  bytes: number;
  /** @throws {MultiplierError} at the time limit. */
  checkTime(): void;
}

/**
 * @param seconds After which reading is given up.
 * @throws {MultiplierError} if a source is no regular file, includes one from elsewhere, or they are
 *     too many, too large or take too long.
 */
export async function collectSources(
  paths: readonly string[],
  includeFolders: readonly string[],
  seconds: number,
  syntax: IncludeSyntax,
): Promise<Sources> {
  for (const path of paths) assertRegular(path, await stat(path));
  for (const folder of includeFolders) await assertFolder(folder);
  const namedFolders = paths.map(path => dirname(path));
  const folders = [...namedFolders, ...includeFolders];
  const collecting: Collecting = {
    roots: await Promise.all([...new Set(folders)].map(folder => realpath(folder))),
    searched: syntax.findsNamed ? folders : includeFolders,
    syntax,
    resolved: new Map(),
    bytes: 0,
    checkTime: timeLimit(seconds),
  };
  const files = new Map<string, Uint8Array>();
  // A set is read in the order in which it grows.
  const waiting = new Set(paths);
  for (const path of waiting) {
    if (files.has(compilerPath(path))) continue;
    if (files.size === MAX_FILES) throw tooMuch(path);
    const original = await read(path, collecting);
    const {content, includes} = await withIncludes(path, original, collecting);
    files.set(compilerPath(path), content);
    for (const include of includes) waiting.add(include);
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

/** Text of a compiler, with paths that are below the folder of the process as seen from there. */
export function withShortPaths(text: string): string {
  return text.replaceAll(`${compilerPath('.')}/`, '');
}

/** The files on disk that the includes of a file may mean, and its text with includes rewritten. */
async function withIncludes(
  path: string,
  original: Buffer,
  collecting: Collecting,
): Promise<{content: Uint8Array; includes: ReadonlySet<string>}> {
  const {searched, syntax} = collecting;
  const includes = new Set<string>();
  const parts: Buffer[] = [];
  let copied = 0;
  // Latin-1 keeps every byte of a file that is no text; names are UTF-8.
  const text = original.toString('latin1');
  syntax.check?.(path, text);
  for (const match of text.matchAll(syntax.pattern)) {
    collecting.checkTime();
    const [directive, quoted, angled] = match;
    const latin1Name = quoted ?? angled;
    const name = Buffer.from(latin1Name, 'latin1').toString();
    if (name.includes('\0')) continue;
    await assertRelative(path, name);
    const folders = quoted === undefined ? searched : [dirname(path), ...searched];
    let first: string | undefined;
    for (const folder of folders) {
      const candidate = join(folder, name);
      const real = await resolveFile(candidate, collecting);
      if (real === undefined) continue;
      const isInside = collecting.roots.some(root => contains(root, real));
      // The compiler takes the first. Those behind it are for `#include_next`.
      if (!isInside && first === undefined) throw outside(path, name, real);
      if (!isInside) continue;
      first ??= candidate;
      includes.add(candidate);
    }
    const rewritten = first === undefined ? undefined : syntax.rewritten(name, first);
    if (rewritten === undefined) continue;
    const end = match.index + directive.length - 1;
    parts.push(original.subarray(copied, end - latin1Name.length));
    parts.push(Buffer.from(rewritten));
    copied = end;
  }
  return {content: Buffer.concat([...parts, original.subarray(copied)]), includes};
}

async function resolveFile(path: string, {resolved}: Collecting): Promise<string | undefined> {
  if (resolved.has(path)) return resolved.get(path);
  let real: string | undefined;
  try {
    real = await realpath(path);
    // A folder may have the name of a header. What is no file otherwise is refused where it is read.
    if ((await stat(real)).isDirectory()) real = undefined;
  } catch {
    real = undefined;
  }
  resolved.set(path, real);
  return real;
}

function contains(folder: string, path: string): boolean {
  const within = relative(folder, path);
  return within !== '..' && !within.startsWith(`..${sep}`) && !isAbsolute(within);
}

/** Counts bytes that are there: files of /proc say that they have none. */
async function read(path: string, collecting: Collecting): Promise<Buffer> {
  // A pipe or device is not even opened.
  assertRegular(path, await stat(path));
  const handle = await open(path, READ);
  try {
    assertRegular(path, await handle.stat());
    const chunks: Buffer[] = [];
    for (;;) {
      collecting.checkTime();
      const {buffer, bytesRead} = await handle.read({buffer: Buffer.alloc(CHUNK_BYTES)});
      if (bytesRead === 0) return Buffer.concat(chunks);
      collecting.bytes += bytesRead;
      if (collecting.bytes > MAX_BYTES) throw tooMuch(path);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

function timeLimit(seconds: number): () => void {
  const end = performance.now() + seconds * 1000;
  return () => {
    if (performance.now() < end) return;
    throw new MultiplierError('reading the sources', {
      found: `no end within ${seconds} s`,
      expected: 'an end within the limits',
      remedy: 'If it only needs longer, raise the option timeLimit (--time-limit <seconds>).',
    });
  };
}

async function assertFolder(folder: string): Promise<void> {
  let found = 'a file';
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    found = (error as NodeJS.ErrnoException).code ?? String(error);
  }
  throw new MultiplierError(`include folder "${folder}"`, {
    found: found === 'ENOENT' ? 'nothing of that name' : found,
    expected: 'a folder',
    remedy: 'Correct the option includeFolders (-I <folder>).',
  });
}

function assertRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  throw new MultiplierError(`source "${path}"`, {
    found: stats.isDirectory() ? 'a folder' : 'a device or pipe',
    expected: 'a regular file',
  });
}

/** A name that is no file is left to the compiler, which knows whether the line counts. */
async function assertRelative(path: string, name: string): Promise<void> {
  if (!isAbsolute(name)) return;
  try {
    await stat(name);
  } catch {
    return;
  }
  throw new MultiplierError(`source "${path}"`, {
    found: `an include of "${name}" by its absolute path`,
    expected: 'a path from the source or from an include folder',
    remedy: 'If it is part of the model, include it by its name and give its folder: -I <folder>.',
  });
}

function outside(path: string, name: string, real: string): MultiplierError {
  return new MultiplierError(`source "${path}"`, {
    found: `an include of "${name}", which is "${real}"`,
    expected: 'a file in the folder of a source or in an include folder, or below',
    remedy: 'If it is part of the model, give its folder: -I <folder> (includeFolders).',
  });
}

function tooMuch(path: string): MultiplierError {
  const limits = `${MAX_FILES} files and ${MAX_BYTES / 2 ** 20} MiB`;
  return new MultiplierError(`source "${path}"`, {
    found: `more than ${limits} with what is included`,
    expected: `at most ${limits}`,
  });
}
