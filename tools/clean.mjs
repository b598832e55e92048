// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `npm run clean`: removes everything that a build makes, so that the next one starts from nothing.

import {readdirSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packages = readdirSync(join(root, 'packages')).map(name => join('packages', name));

for (const folder of ['.', ...packages, 'examples', join('examples', 'browser'), 'benchmarks']) {
  for (const output of ['dist', 'dist-test']) {
    rmSync(join(root, folder, output), {recursive: true, force: true});
  }
}
rmSync(join(root, 'node_modules', '.cache', 'tfjs-approx'), {recursive: true, force: true});
