// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Mocha's spec output, plus one JSON line per test for tools/test.ts in the file that
// APPROX_TEST_RESULTS names. Lines are written synchronously, so that a crash loses nothing.

import {appendFileSync} from 'node:fs';
import mocha from 'mocha';

const {reporters, Runner} = mocha;
const {EVENT_RUN_END, EVENT_TEST_BEGIN, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING} =
  Runner.constants;

/** @typedef {Mocha.Test & {skipReason?: string, parent?: Mocha.Suite & {skipReason?: string}}} Test */

export default class RunnerReporter extends reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.on(EVENT_TEST_BEGIN, test => send({type: 'start', title: titleOf(test)}));
    runner.on(EVENT_TEST_PASS, test => send({type: 'pass', title: titleOf(test)}));
    runner.on(EVENT_TEST_PENDING, test =>
      send({type: 'skip', title: titleOf(test), reason: skipReasonOf(test)}),
    );
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      const {message, stack} = describeError(error);
      console.log(`      ${message.split('\n').slice(0, 6).join('\n      ')}`);
      send({type: 'fail', title: titleOf(test), message, stack});
    });
    runner.once(EVENT_RUN_END, () => send({type: 'end'}));
  }

  /**
   * Mocha lists the failures here; tools/test.ts does that at the end of the whole run.
   * @override
   */
  epilogue() {
    if (!process.env['APPROX_TEST_RESULTS']) {
      super.epilogue();
    }
  }
}

/** @param {object} event  One of TestEvent in packages/backend-approx/src/testing/results.ts. */
function send(event) {
  const file = process.env['APPROX_TEST_RESULTS'];
  if (file) {
    appendFileSync(file, JSON.stringify(event) + '\n');
  }
}

/**
 * @param {Mocha.Runnable} test
 * @returns {string}
 */
function titleOf(test) {
  return test.titlePath().join(' › ');
}

/**
 * The reason that `skipBecause` (testing/skip.ts) left at the test, or at a suite around it.
 * @param {Test} test
 * @returns {string}
 */
function skipReasonOf(test) {
  /** @type {{skipReason?: string, parent?: any} | undefined} */
  let owner = test;
  while (owner !== undefined) {
    if (owner.skipReason !== undefined) {
      return owner.skipReason;
    }
    owner = owner.parent;
  }
  return 'no reason given (it.skip or this.skip)';
}

/**
 * @param {any} error  What a test threw: usually, but not necessarily, an Error.
 * @returns {{message: string, stack: string}}
 */
function describeError(error) {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const frames = lines.filter(
    line =>
      /^\s+at /.test(line) && !/[\\/]node_modules[\\/](mocha|chai)[\\/]|\bnode:internal/.test(line),
  );
  // Mocha has made texts of the two, where it shows their difference.
  const {actual, expected, showDiff} = error ?? {};
  const differ = showDiff !== false && typeof actual === 'string' && typeof expected === 'string';
  const difference = differ ? reporters.Base.generateDiff(actual, expected) : '';
  const diff = difference.length < 4000 ? difference.replace(/^\s*\n/, '') : '';
  return {message: diff ? `${message}\n${diff}` : message, stack: frames.slice(0, 8).join('\n')};
}
