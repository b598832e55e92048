// SPDX-License-Identifier: Apache-2.0
/** Files that are written whole or not at all. */
import {randomUUID} from 'node:crypto';
import {open, rename, rm, stat} from 'node:fs/promises';

export interface FileContents {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes files that belong together: all are complete, under temporary names beside them, before the
 * first is renamed. Readers see an old file or a new one: a rename within a directory is atomic.
 */
export async function writeWhole(files: readonly FileContents[]): Promise<void> {
  const pending = files.map(file => ({...file, temporary: `${file.path}.${randomUUID()}.tmp`}));
  try {
    for (const {temporary, bytes} of pending) await writeSynced(temporary, bytes);
    // Where a folder has the name of a file the rename fails, and must before another one succeeds.
    const folders = await Promise.all(pending.map(({path}) => isFolder(path)));
    const folder = pending[folders.indexOf(true)];
    if (folder) await rename(folder.temporary, folder.path);
    for (const {temporary, path} of pending) await rename(temporary, path);
  } catch (error) {
    for (const {temporary} of pending) await rm(temporary, {force: true});
    throw error;
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
