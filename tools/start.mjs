// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `npm start`: from a fresh clone to trained networks, with nothing but Node.
//
// Checks the Node version, installs and builds what is missing, then runs the example train-digits with the
// arguments given (`npm start -- --help`). Old syntax down to the version check, see node-version.mjs.

import {nodeVersionProblem} from './node-version.mjs';

var problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(1);
}

Promise.all([import('node:child_process'), import('node:path'), import('./prepare.mjs')])
  .then(function ([{spawn}, path, {root, installMissing, buildMissing}]) {
    installMissing(console.log);
    buildMissing(['packages/models', 'examples'], console.log);

    const script = path.join(root, 'examples', 'dist', 'train-digits.js');
    const child = spawn(process.execPath, [script, ...process.argv.slice(2)], {stdio: 'inherit'});
    // Ctrl-C reaches the child too; wait for it instead of leaving it behind.
    process.on('SIGINT', () => {});
    child.on('exit', (code, signal) => {
      process.exitCode = code === null ? 1 : code;
      if (signal) console.error('train-digits was ended by ' + signal);
    });
  })
  .catch(function (error) {
    // A failed step explains itself; anything else is a fault of this script and needs its stack.
    console.error(error.constructor.name === 'PreparationError' ? error.message : error);
    process.exitCode = 1;
  });
