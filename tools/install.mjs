// SPDX-License-Identifier: Apache-2.0
// @ts-check
// The first half of `npm test`: on a fresh clone nothing is installed yet, and the test runner itself
// needs what is. Old syntax down to the version check, see node-version.mjs.

import {nodeVersionProblem} from './node-version.mjs';

var problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(1);
}

import('./prepare.mjs')
  .then(function ({installMissing}) {
    installMissing(console.log);
  })
  .catch(function (error) {
    console.error(error.constructor.name === 'PreparationError' ? error.message : error);
    process.exitCode = 1;
  });
