// SPDX-License-Identifier: Apache-2.0
// Unpacks archives of the npm package @sparticuz/chromium into node_modules/.cache, once.

import {existsSync, mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {brotliDecompressSync} from 'node:zlib';
import {extract} from 'tar';

const cache = join(import.meta.dirname, '..', 'node_modules', '.cache', 'tfjs-approx');
const CHROMIUM = '@sparticuz/chromium';

/**
 * @param name Of the folder in the cache; the package's version is added.
 * @param fill Called with an empty folder, when there is none of that name yet, and with what reads a file of the
 *   package, decompressed.
 * @returns The folder.
 */
export function unpackOnce(
  name: string,
  fill: (folder: string, read: (file: string) => Buffer) => void,
): string {
  const source = packageFolder(CHROMIUM);
  const {version} = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) {
    return folder;
  }
  // Unpacked beside its place and renamed, so that a concurrent run never sees half of it.
  const temporary = `${folder}-${process.pid}`;
  mkdirSync(temporary, {recursive: true});
  fill(temporary, file => brotliDecompressSync(readFileSync(join(source, 'bin', file))));
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, {recursive: true, force: true});
    if (!existsSync(folder)) {
      throw error;
    }
  }
  return folder;
}

/**
 * Unpacks the files of an uncompressed tar archive; links are left out.
 * @throws Where the archive is damaged or cut off, and for a path that leads out of the folder.
 */
export function unpackTar(archive: Buffer, folder: string): void {
  const unpacking = extract({
    cwd: folder,
    sync: true,
    strict: true,
    preserveOwner: false,
    filter: (_path, entry) => !('type' in entry) || !/Link$/.test(entry.type),
  });
  unpacking.end(archive);
}

function packageFolder(name: string): string {
  // Asking for package.json may be forbidden by `exports`, so the search paths are walked instead.
  const found = (createRequire(import.meta.url).resolve.paths(name) ?? [])
    .map(path => join(path, name))
    .find(path => existsSync(join(path, 'package.json')));
  if (found === undefined) {
    throw new Error(`${name} is not installed. Consider: npm ci`);
  }
  return found;
}
