// SPDX-License-Identifier: Apache-2.0
/** Files that are written whole or not at all. */
import {randomUUID} from 'node:crypto';
import {rmSync} from 'node:fs';
import {open, realpath, rename, rm, stat} from 'node:fs/promises';
import {beforeExit} from './before-exit.js';
import {FileError} from './errors.js';
import {namingFile} from './read-whole.js';

export interface FileContents {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes files that belong together: all are complete, under temporary names beside them, before the
 * first is renamed. Readers see an old file or a new one: a rename within a directory is atomic.
 * A symbolic link to a file stays, and what it leads to is written.
 *
 * @throws {FileError} if there is something of that name that is no file.
 */
export async function writeWhole(files: readonly FileContents[]): Promise<void> {
  const targets = await Promise.all(files.map(({path}) => targetOf(path)));
  const pending = files.map(({path, bytes}, f) => ({
    path,
    bytes,
    target: targets[f],
    temporary: `${targets[f]}.${randomUUID()}.tmp`,
  }));
  const release = beforeExit(() => {
    for (const {temporary} of pending) rmSync(temporary, {force: true});
  });
  try {
    for (const {temporary, bytes} of pending) await writeSynced(temporary, bytes);
    for (const {temporary, target} of pending) await rename(temporary, target);
  } catch (error) {
    for (const {temporary} of pending) await rm(temporary, {force: true});
    throw error;
  } finally {
    release();
  }
}

/** The file that a path leads to; the path itself where there is nothing yet. */
async function targetOf(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return path;
  if (stats.isFile()) return realpath(path);
  throw new FileError('write', path, {
    found: stats.isDirectory() ? 'a directory' : 'a device or pipe',
    expected: 'a regular file, or none yet',
  });
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    throw namingFile(error, path);
  } finally {
    await file.close();
  }
}
