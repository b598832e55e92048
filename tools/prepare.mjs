// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `node tools/prepare.mjs [FOLDER...]`: makes a fresh clone ready with nothing but Node and npm. Installs what is
// missing and compiles the TypeScript projects of these folders. Old syntax, see node-version.mjs.

import {nodeVersionProblem} from './node-version.mjs';

var problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(1);
}

import('./install.mjs')
  .then(function ({installMissing, buildMissing}) {
    installMissing(console.log);
    buildMissing(process.argv.slice(2), console.log);
  })
  .catch(function (error) {
    // A failed step explains itself; anything else is a fault of these scripts and needs its stack.
    console.error(error.constructor.name === 'PreparationError' ? error.message : error);
    process.exitCode = 1;
  });
