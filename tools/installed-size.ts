// SPDX-License-Identifier: Apache-2.0
// What an installation of one of our packages brings: `node --import tsx tools/installed-size.ts [PACKAGE]
// [--root CLONE]` prints each package with its bytes, for @tfjs-approx/backend-approx unless another one is named.
// Nothing is downloaded: the packages are those of the clone's node_modules, which has the same versions.

import {execFileSync} from 'node:child_process';
import {existsSync, lstatSync, readdirSync, readFileSync, realpathSync} from 'node:fs';
import {dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {npmProgram} from './install.mjs';

/** The parts of a package.json that we read. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: unknown;
  readonly types?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, {readonly optional?: boolean}>>;
}

export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Below the folder. Of a package of this repository, those that are published. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** An installation without it is complete. */
  readonly optional: boolean;
}

/**
 * A package and all that npm installs with it: dependencies, optional ones, and peers that are not optional.
 * @param root A clone with node_modules and a build.
 * @returns The package itself first, then by name.
 */
export function installedWith(root: string, name: string): Installed[] {
  const found = new Map<string, Installed>();
  const add = (folder: string, optional: boolean): void => {
    const known = found.get(folder);
    if (known !== undefined && (!known.optional || optional)) {
      return;
    }
    const description = packageJson(folder);
    const files = filesOf(folder);
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

/** What npm installs for a package.json. */
export function dependenciesOf({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: PackageJson): {dependency: string; isOptional: boolean}[] {
  return [
    ...Object.keys(dependencies),
    ...Object.keys(peerDependencies).filter(name => !peerDependenciesMeta[name]?.optional),
    ...Object.keys(optionalDependencies),
  ].map(dependency => ({dependency, isOptional: dependency in optionalDependencies}));
}

export function packageJson(folder: string): PackageJson {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;
}

/** The folder of a package as the one in `from` finds it; undefined where it finds none. */
function resolvePackage(from: string, name: string): string | undefined {
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

function filesOf(folder: string): string[] {
  const isOurs = !folder.split(sep).includes('node_modules');
  if (isOurs) {
    const args = [npmProgram(), 'pack', '--dry-run', '--json', '--ignore-scripts'];
    const text = execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{files}] = JSON.parse(text) as {files: {path: string}[]}[];
    return files.map(({path}) => path);
  }
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .filter(file => !file.split(sep).includes('node_modules'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values, positionals} = parseArgs({
    options: {root: {type: 'string', default: join(import.meta.dirname, '..')}},
    allowPositionals: true,
  });
  const all = installedWith(values.root, positionals[0] ?? '@tfjs-approx/backend-approx');
  for (const {name, version, bytes, optional} of all) {
    const note = optional ? '  (optional)' : '';
    console.log(`${String(bytes).padStart(12)}  ${name}@${version}${note}`);
  }
  const sum = (packages: readonly Installed[]) =>
    packages.reduce((total, {bytes}) => total + bytes, 0);
  const needed = all.filter(({optional}) => !optional);
  console.log(`${String(sum(all)).padStart(12)}  bytes in ${all.length} packages`);
  console.log(
    `${String(sum(needed)).padStart(12)}  bytes in ${needed.length} without optional ones`,
  );
}
