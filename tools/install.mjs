// SPDX-License-Identifier: Apache-2.0
// @ts-check
// The steps of prepare.mjs: which locked packages are missing, `npm ci`, and `tsc -b`.

import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A step that failed, in words for the person at the terminal. */
class PreparationError extends Error {}

/**
 * Runs `npm ci` unless node_modules already holds what package-lock.json asks for.
 * @param {(line: string) => void} say
 */
export function installMissing(say) {
  const missing = missingPackages();
  if (missing.length === 0) {
    return;
  }
  const what = missing.length <= 3 ? missing.join(', ') : `${missing.length} packages`;
  say(`Installing packages (npm ci): ${what} not there yet.`);
  const {status, error} = spawnSync(process.execPath, [npmProgram(), 'ci', '--include=dev'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error || status !== 0) {
    throw new PreparationError(
      `npm ci failed${error ? `: ${error.message}` : ''}. What npm printed above says why; it needs a ` +
        'connection to the npm registry. Then run the command again.',
    );
  }
}

/**
 * Compiles the TypeScript projects that have no output yet or an old one.
 * @param {readonly string[]} projects Folders below the root.
 * @param {(line: string) => void} say
 */
export function buildMissing(projects, say) {
  if (projects.length === 0) {
    return;
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  // The output of a folder `test` lies beside it.
  const outputs = projects.map(project =>
    join(root, `${project}/dist`.replace('test/dist', 'dist-test')),
  );
  if (!outputs.every(existsSync)) {
    say('Building (tsc) ...');
  }
  const {status, error} = spawnSync(process.execPath, [tsc, '-b', ...projects], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error || status !== 0) {
    throw new PreparationError(
      `The build failed${error ? `: ${error.message}` : ', as printed above'}. In an unchanged clone, ` +
        'delete node_modules and every dist folder and run the command again.',
    );
  }
}

/**
 * Which packages of package-lock.json are not installed in the version it gives. Optional ones do not
 * count: most of them are for other platforms.
 * @returns {string[]} Their folders, below node_modules.
 */
export function missingPackages() {
  const wanted = lockedPackages(join(root, 'package-lock.json')) ?? {};
  // npm writes this file when an installation is complete.
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json')) ?? {};
  return Object.entries(wanted)
    .filter(([folder, {version, link, optional, devOptional}]) => {
      if (!folder.includes('node_modules/') || optional || devOptional) {
        return false;
      }
      const there = existsSync(join(root, folder, 'package.json'));
      return !there || (!link && installed[folder]?.version !== version);
    })
    .map(([folder]) => folder.replace(/^node_modules\//, ''));
}

/**
 * @typedef {{version?: string, link?: boolean, optional?: boolean, devOptional?: boolean}} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined} undefined where there is no such file.
 */
function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/**
 * The program npm itself, so that it can be started by this Node without a shell, on every system.
 * @returns {string}
 */
export function npmProgram() {
  const beside = dirname(process.execPath);
  const candidates = [
    // Set when npm runs the script; another package manager may set it too.
    process.env['npm_execpath'],
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ];
  const found = candidates.find(path => path?.endsWith('npm-cli.js') && existsSync(path));
  if (!found) {
    throw new PreparationError(
      'npm was not found beside Node. Run `npm ci`, then the command again.',
    );
  }
  return found;
}
