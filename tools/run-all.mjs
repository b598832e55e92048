// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Runs suites, several at a time. Most of them keep one core busy: compiling shaders on a software adapter
// and computing on the CPU are both work of one thread.

import {runSuite} from './run-suite.mjs';

/** @typedef {import('./run-suite.mjs').Suite} Suite */
/** @typedef {import('./run-suite.mjs').Outcome} Outcome */

/** How often a line says how far the running suites are. */
const HEARTBEAT_MS = 30_000;

/**
 * @param {readonly Suite[]} suites  In the order in which they are started.
 * @param {number} jobs  How many run at a time. With one, output is shown as it comes; with more, that of each
 *   suite is shown as a whole when it ends.
 * @returns {Promise<Outcome[]>} In the same order.
 */
export async function runAll(suites, jobs) {
  const collect = jobs > 1 && suites.length > 1;
  /** @type {Map<string, string>} */
  const running = new Map();
  const heartbeat = setInterval(() => {
    console.log(`… ${[...running].map(([name, progress]) => `${name}: ${progress}`).join('; ')}`);
  }, HEARTBEAT_MS);
  if (!collect) {
    clearInterval(heartbeat);
  }

  /** @type {Outcome[]} */
  const outcomes = [];
  let next = 0;
  const worker = async () => {
    while (next < suites.length) {
      const index = next++;
      const suite = /** @type {Suite} */ (suites[index]);
      console.log(collect ? `▶ ${suite.name}` : `\n▶ ${suite.name}`);
      running.set(suite.name, 'starting');
      const outcome = await runSuite(suite, {
        collect,
        onProgress: (passed, failed) => {
          running.set(suite.name, `${passed} passed, ${failed} failed so far`);
        },
      });
      running.delete(suite.name);
      outcomes[index] = outcome;
      if (collect) {
        console.log(`\n■ ${suite.name}\n${outcome.output ?? ''}`);
      }
    }
  };
  await Promise.all(Array.from({length: jobs}, worker));
  clearInterval(heartbeat);
  return outcomes;
}
