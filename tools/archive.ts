// SPDX-License-Identifier: Apache-2.0
// Packs files into a .tar.gz or .tar.xz. The same files and time give the same archive, whoever packs them.

import {spawnSync} from 'node:child_process';
import {create} from 'tar';

/**
 * @param folder Of the files.
 * @param names Of the files in it, in this order; folders are made by unpacking.
 * @param archive A name that ends in .tar.gz, or in .tar.xz where there is the program xz.
 * @param time Of all files.
 */
export function pack(folder: string, names: readonly string[], archive: string, time: Date): void {
  const isXz = archive.endsWith('.xz');
  const file = archive.replace(/\.xz$/, '');
  create(
    // Portable: without owners and times of this machine. gzip's level 9 takes three times as long for one percent.
    {cwd: folder, file, sync: true, portable: true, mtime: time, gzip: isXz ? false : {level: 6}},
    [...names],
  );
  if (isXz) {
    const {status, error} = spawnSync('xz', ['-6', '-T0', '--force', file], {stdio: 'inherit'});
    if (error || status !== 0) {
      throw new Error(`The program xz failed: ${error?.message ?? `exit code ${status}`}`);
    }
  }
}
