// SPDX-License-Identifier: Apache-2.0
// @ts-check
// What an installation of one of our packages brings: `node tools/installed-size.mjs [PACKAGE] [--root FOLDER]`
// prints each package with its bytes, @tfjs-approx/backend-approx's unless another one is named. Nothing is
// downloaded: the packages are those of the clone's node_modules, which has the same versions.

import {execFileSync} from 'node:child_process';
import {existsSync, lstatSync, readdirSync, readFileSync, realpathSync} from 'node:fs';
import {dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {npmProgram} from './prepare.mjs';

/**
 * @typedef {object} Installed
 * @property {string} name
 * @property {string} version
 * @property {string} folder
 * @property {string[]} files  Below the folder. Of a package of this repository, those that are published.
 * @property {number} bytes
 * @property {boolean} optional  Missing ones are no error.
 */

/**
 * A package and all that npm installs with it: dependencies, optional ones, and peers that are not optional.
 * @param {string} root  A clone with node_modules and a build.
 * @param {string} name
 * @returns {Installed[]} The package itself first, then by name.
 */
export function installedWith(root, name) {
  /** @type {Map<string, Installed>} */
  const found = new Map();
  /** @type {(folder: string, optional: boolean) => void} */
  const add = (folder, optional) => {
    const known = found.get(folder);
    if (known !== undefined && (!known.optional || optional)) {
      return;
    }
    const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = filesOf(folder, !folder.split(sep).includes('node_modules'));
    const bytes = files.reduce((sum, file) => sum + lstatSync(join(folder, file)).size, 0);
    const {name, version} = description;
    found.set(folder, {name, version, folder, files, bytes, optional});
    for (const {dependency, isOptional} of dependenciesOf(description)) {
      const next = resolvePackage(folder, dependency);
      if (next !== undefined) {
        add(next, optional || isOptional);
      } else if (!isOptional) {
        throw new Error(`${name} needs ${dependency}, which is not installed`);
      }
    }
  };
  add(realpathSync(join(root, 'node_modules', name)), false);
  const [self, ...others] = found.values();
  return [self, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/**
 * What npm installs for a package.json.
 * @param {any} description
 * @returns {{dependency: string, isOptional: boolean}[]}
 */
export function dependenciesOf(description) {
  const {dependencies, peerDependencies, peerDependenciesMeta, optionalDependencies} = description;
  return [
    ...Object.keys(dependencies ?? {}),
    ...Object.keys(peerDependencies ?? {}).filter(name => !peerDependenciesMeta?.[name]?.optional),
    ...Object.keys(optionalDependencies ?? {}),
  ].map(dependency => ({
    dependency,
    isOptional: optionalDependencies?.[dependency] !== undefined,
  }));
}

/**
 * @param {string} from  The folder of the package that needs it.
 * @param {string} name
 * @returns {string | undefined}
 */
function resolvePackage(from, name) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) {
      return realpathSync(candidate);
    }
    if (dirname(folder) === folder) {
      return undefined;
    }
  }
}

/**
 * @param {string} folder
 * @param {boolean} isOurs
 * @returns {string[]}
 */
function filesOf(folder, isOurs) {
  if (isOurs) {
    const args = [npmProgram(), 'pack', '--dry-run', '--json', '--ignore-scripts'];
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = ['ignore', 'pipe', 'ignore'];
    const text = execFileSync(process.execPath, args, {cwd: folder, encoding: 'utf8', stdio});
    return JSON.parse(text)[0].files.map((/** @type {{path: string}} */ {path}) => path);
  }
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .filter(file => !file.split(sep).includes('node_modules'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values, positionals} = parseArgs({
    options: {root: {type: 'string', default: fileURLToPath(new URL('..', import.meta.url))}},
    allowPositionals: true,
  });
  const all = installedWith(values.root, positionals[0] ?? '@tfjs-approx/backend-approx');
  for (const {name, version, bytes, optional} of all) {
    const note = optional ? '  (optional)' : '';
    console.log(`${String(bytes).padStart(12)}  ${name}@${version}${note}`);
  }
  /** @param {readonly Installed[]} packages */
  const sum = packages => packages.reduce((total, {bytes}) => total + bytes, 0);
  const needed = all.filter(({optional}) => !optional);
  console.log(`${String(sum(all)).padStart(12)}  bytes in ${all.length} packages`);
  console.log(
    `${String(sum(needed)).padStart(12)}  bytes in ${needed.length} without optional ones`,
  );
}
