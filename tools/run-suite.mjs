// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Runs one suite in a child process and collects what it reports. Whatever way the child ends, the outcome
// says so: a crash, a hang, an early exit and a run of zero tests are failures that name the suite.

import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} command  Arguments of Node.
 * @property {Record<string, string | undefined>} environment  Added to this process's; undefined removes.
 * @property {number} limitMinutes  After which the child is ended.
 * @property {boolean} [mayBeEmpty]  No test need match, because a filter is set.
 * @property {string} [adapter]  The adapter that the child has to report to have used.
 *
 * @typedef {object} Failure
 * @property {string} title
 * @property {string} message
 * @property {string} stack
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {number} passed
 * @property {Failure[]} failures
 * @property {{title: string, reason: string}[]} skipped
 * @property {{name: string, description: string}[]} adapters
 * @property {number} seconds
 * @property {string} [output]  What the child printed, if it was not shown at once.
 *
 * @typedef {object} Display
 * @property {boolean} [collect]  Output is returned in the outcome instead of being shown at once.
 * @property {(passed: number, failed: number) => void} [onProgress]  Called about once a second.
 */

/** A child with open handles after its last test has this long to end by itself. */
const EXIT_GRACE_MS = 20_000;

/** Dawn prints this for each device that is made on a software adapter. It means nothing here. */
const DAWN_NOISE = /^Warning: maxDynamic\w+ artificially reduced from/;

/**
 * @param {Suite} suite
 * @param {Display} [display]
 * @returns {Promise<Outcome>}
 */
export async function runSuite(suite, display = {}) {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-test-'));
  const results = join(folder, 'results.ndjson');
  try {
    /** @type {string[]} */
    const output = [];
    const ending = await runChild(suite, results, output, display);
    const outcome = readOutcome(suite, results, ending);
    const seconds = (performance.now() - started) / 1000;
    return {...outcome, seconds, ...(display.collect ? {output: output.join('')} : {})};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/**
 * @param {Suite} suite
 * @param {string} results
 * @param {string[]} output  Receives the output when it is collected.
 * @param {Display} display
 * @returns {Promise<string | undefined>} How the child ended, in words, or undefined for exit code 0.
 */
function runChild(suite, results, output, {collect = false, onProgress}) {
  return new Promise(resolve => {
    /** @type {NodeJS.ProcessEnv} */
    const env = {...process.env, ...suite.environment, APPROX_TEST_RESULTS: results};
    const child = spawn(process.execPath, suite.command, {
      env,
      stdio: ['ignore', collect ? 'pipe' : 'inherit', 'pipe'],
    });
    const endWithParent = () => child.kill('SIGKILL');
    process.once('exit', endWithParent);
    child.stdout?.setEncoding('utf8').on('data', text => output.push(text));
    const stderr = /** @type {import('node:stream').Readable} */ (child.stderr);
    createInterface({input: stderr}).on('line', line => {
      if (DAWN_NOISE.test(line)) {
        return;
      }
      if (collect) {
        output.push(line + '\n');
      } else {
        process.stderr.write(line + '\n');
      }
    });

    /** @type {string | undefined} */
    let killed;
    const deadline = performance.now() + suite.limitMinutes * 60_000;
    /** @type {number | undefined} */
    let endedAt;
    const watch = setInterval(() => {
      const {passed, failed, ended} = progressOf(results);
      onProgress?.(passed, failed);
      if (ended) {
        endedAt ??= performance.now();
      }
      if (endedAt !== undefined && performance.now() > endedAt + EXIT_GRACE_MS) {
        killed = `did not exit within ${EXIT_GRACE_MS / 1000} s of its last test`;
      } else if (performance.now() > deadline) {
        killed = `ran longer than ${suite.limitMinutes} minutes`;
      }
      if (killed !== undefined) {
        child.kill('SIGKILL');
      }
    }, 1000);

    /** @param {string | undefined} ending */
    const finish = ending => {
      clearInterval(watch);
      process.off('exit', endWithParent);
      resolve(ending);
    };
    child.on('error', error => finish(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      const ending =
        killed ??
        (signal !== null
          ? `crashed with signal ${signal}`
          : code !== 0
            ? `exit code ${code}`
            : undefined);
      // `close` waits for the pipe, which a grandchild may hold open for ever.
      const late = setTimeout(() => finish(ending), 2000);
      child.on('close', () => {
        clearTimeout(late);
        finish(ending);
      });
    });
  });
}

/**
 * @param {string} results
 * @returns {{passed: number, failed: number, ended: boolean}}
 */
function progressOf(results) {
  const text = existsSync(results) ? readFileSync(results, 'utf8') : '';
  return {
    passed: text.split('{"type":"pass"').length - 1,
    failed: text.split('{"type":"fail"').length - 1,
    ended: text.endsWith('{"type":"end"}\n'),
  };
}

/**
 * @param {Suite} suite
 * @param {string} results
 * @param {string | undefined} ending
 * @returns {Outcome}
 */
function readOutcome(suite, results, ending) {
  /** @type {Outcome} */
  const outcome = {
    name: suite.name,
    passed: 0,
    failures: [],
    skipped: [],
    adapters: [],
    seconds: 0,
  };
  /** @type {string | undefined} */
  let running;
  let complete = false;
  const lines = existsSync(results) ? readFileSync(results, 'utf8').split('\n') : [];
  for (const line of lines) {
    const event = parseEvent(line);
    switch (event?.type) {
      case 'start':
        running = event.title;
        break;
      case 'pass':
        outcome.passed++;
        running = undefined;
        break;
      case 'fail':
        outcome.failures.push(event);
        running = undefined;
        break;
      case 'skip':
        outcome.skipped.push(event);
        running = undefined;
        break;
      case 'adapter':
        outcome.adapters.push(event);
        break;
      case 'end':
        complete = true;
        break;
    }
  }
  const problem = problemOf(suite, outcome, complete, ending);
  if (problem !== undefined) {
    outcome.failures.push({
      title: '(the suite as a whole)',
      message: running === undefined ? problem : `${problem}, while running: ${running}`,
      stack: '',
    });
  }
  return outcome;
}

/**
 * @param {Suite} suite
 * @param {Outcome} outcome
 * @param {boolean} complete
 * @param {string | undefined} ending
 * @returns {string | undefined}
 */
function problemOf(suite, {passed, failures, adapters}, complete, ending) {
  if (!complete) {
    return `${ending ?? 'exit code 0'} before all tests were run`;
  }
  // A runner that counts failures in its exit code has said it all already.
  if (ending !== undefined && !(ending.startsWith('exit code') && failures.length > 0)) {
    return `all tests were run, but the process ${ending.replace(/^exit/, 'ended with exit')}`;
  }
  if (passed + failures.length === 0) {
    return suite.mayBeEmpty ? undefined : 'executed no test';
  }
  if (suite.adapter !== undefined && !adapters.some(({name}) => name === suite.adapter)) {
    return `no test has asserted that it ran on the ${suite.adapter} adapter (expectAdapter)`;
  }
  return undefined;
}

/**
 * @param {string} line
 * @returns {any}
 */
function parseEvent(line) {
  try {
    return JSON.parse(line);
  } catch {
    // The last line of a process that was killed while writing, or the empty one at the end.
    return undefined;
  }
}
