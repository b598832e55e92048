// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Which versions of Node the project runs on. Written in old syntax and without imports, so that an old
// Node can still say that it is too old.

/** The first release of each supported line; lines after the last are supported as a whole. */
var SUPPORTED = [
  [20, 19],
  [22, 13],
  [24, 0],
];

/**
 * @param {string} version Such as '20.19.0'.
 * @returns {string | undefined} What is wrong with it and what to do; undefined where it will do.
 */
export function nodeVersionProblem(version) {
  var parts = version.split('.');
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  var newest = SUPPORTED[SUPPORTED.length - 1][0];
  var supported = SUPPORTED.some(function (line) {
    return (major === line[0] && minor >= line[1]) || major > newest;
  });
  if (supported) {
    return undefined;
  }
  return (
    'This is Node ' +
    version +
    ', but tfjs-approx needs Node 20.19 or later, 22.13 or later, or 24 and later.\n' +
    'Install a current release from https://nodejs.org and run the command again.'
  );
}
