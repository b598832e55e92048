// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Removes what tsc compiled from files that are gone: it leaves their output in dist/ and dist-test/, and a
// package would publish it. `node tools/prune.mjs` prints what it removes.

import {existsSync, readdirSync, rmSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Compiled folders and their sources. */
const OUTPUTS = [
  ['dist', 'src'],
  ['dist-test', 'test'],
];

/** What tsc writes for one source file; bundles and data lie beside it and stay. */
const COMPILED = /\.(js|d\.ts)(\.map)?$/;

/** @returns {string[]} The files that were removed, below the root. */
export function pruneOutputs() {
  const packages = readdirSync(join(root, 'packages')).map(name => join('packages', name));
  return packages.flatMap(folder =>
    OUTPUTS.flatMap(([output, source]) => {
      const [from, to] = [join(root, folder, source), join(root, folder, output)];
      if (!existsSync(to)) {
        return [];
      }
      const stale = readdirSync(to, {recursive: true, encoding: 'utf8'}).filter(
        file =>
          COMPILED.test(file) &&
          !file.endsWith('.min.js') &&
          !existsSync(join(from, file.replace(COMPILED, '.ts'))),
      );
      stale.forEach(file => rmSync(join(to, file)));
      return stale.map(file => relative(root, join(to, file)));
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  pruneOutputs().forEach(file => console.log(`removed ${file}`));
}
