// SPDX-License-Identifier: Apache-2.0
// Runs bundled test files with mocha, in the GPU pack: node tests.mjs [--grep REGEX] FILE...

import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import Mocha from 'mocha';
import {mochaHooks} from '../packages/backend-approx/dist/testing/hooks.js';
import '../packages/backend-approx/dist/index.js';
import RunnerReporter from './mocha-reporter.mjs';

const {values, positionals} = parseArgs({
  options: {grep: {type: 'string'}},
  allowPositionals: true,
});
const mocha = new Mocha({
  timeout: 300_000,
  reporter: RunnerReporter,
  rootHooks: mochaHooks,
  ...(values.grep === undefined ? {} : {grep: new RegExp(values.grep)}),
});
for (const file of positionals) {
  mocha.addFile(resolve(file));
}
await mocha.loadFilesAsync();
mocha.run(failures => {
  // Dawn need not be taken down in the right order.
  process.exit(failures > 0 ? 1 : 0);
});
