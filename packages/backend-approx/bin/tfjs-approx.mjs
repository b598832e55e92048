#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The `tfjs-approx` command. A file of its own, as npm links only what exists when it installs, and
// in a clone dist/ is built later.

import {existsSync} from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('tfjs-approx: not built yet. Run `npm run build` in the repository first.');
  process.exitCode = 1;
}
