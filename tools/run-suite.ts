// SPDX-License-Identifier: Apache-2.0
// Runs one suite in a child process and collects what it reports. Whatever way the child ends, the outcome
// says so: a crash, a hang, an early exit and a run of zero tests are failures that name the suite.

import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import type {TestEvent} from '../packages/backend-approx/src/testing/results.ts';

export interface Suite {
  name: string;
  /** Arguments of Node. */
  command: string[];
  /** Added to this process's; undefined removes. */
  environment: Record<string, string | undefined>;
  /** After which the child is ended. */
  limitMinutes: number;
  /** No test need match, because a filter is set. */
  mayBeEmpty?: boolean;
  /** The adapter that the child has to report to have used. */
  adapter?: string;
}

type Event<Type> = Omit<Extract<TestEvent, {type: Type}>, 'type'>;

/** What the child has reported. */
interface Reports {
  passed: number;
  failures: Event<'fail'>[];
  skipped: Event<'skip'>[];
  adapters: Event<'adapter'>[];
}

export interface Outcome extends Reports {
  name: string;
  seconds: number;
  /** What the child printed, if it was not shown at once. */
  output: string;
}

export interface Display {
  /** Output is returned in the outcome instead of being shown at once. */
  collect?: boolean;
  /** Called about once a second. */
  onProgress?: (passed: number, failed: number) => void;
}

/** A child with open handles after its last test has this long to end by itself. */
const EXIT_GRACE_MS = 20_000;

/** Dawn prints this for each device that is made on a software adapter. It means nothing here. */
const DAWN_NOISE = /^Warning: maxDynamic\w+ artificially reduced from/;

export async function runSuite(suite: Suite, display: Display = {}): Promise<Outcome> {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-test-'));
  const results = join(folder, 'results.ndjson');
  writeFileSync(results, '');
  try {
    const {ending, output} = await runChild(suite, results, display);
    const {running, complete, ...reports} = readResults(results);
    const problem = problemOf(suite, reports, complete, ending);
    if (problem !== undefined) {
      const message = running === undefined ? problem : `${problem}, while running: ${running}`;
      reports.failures.push({title: '(the suite as a whole)', message, stack: ''});
    }
    return {name: suite.name, ...reports, seconds: (performance.now() - started) / 1000, output};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** How the child ended, in words; undefined for exit code 0. */
type Ending = string | undefined;

function runChild(
  {command, environment, limitMinutes}: Suite,
  results: string,
  {collect = false, onProgress}: Display,
): Promise<{ending: Ending; output: string}> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, command, {
      env: {...process.env, ...environment, APPROX_TEST_RESULTS: results},
      stdio: ['ignore', collect ? 'pipe' : 'inherit', 'pipe'],
    });
    const endWithParent = () => child.kill('SIGKILL');
    process.once('exit', endWithParent);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', text => (output += text));
    createInterface({input: child.stderr as Readable}).on('line', line => {
      if (DAWN_NOISE.test(line)) {
        return;
      }
      if (collect) {
        output += `${line}\n`;
      } else {
        process.stderr.write(`${line}\n`);
      }
    });

    let killed: Ending;
    let deadline = performance.now() + limitMinutes * 60_000;
    let late = `ran longer than ${limitMinutes} minutes`;
    let ended = false;
    const watch = setInterval(() => {
      const {passed, failures, complete} = readResults(results);
      onProgress?.(passed, failures.length);
      if (complete && !ended) {
        ended = true;
        deadline = performance.now() + EXIT_GRACE_MS;
        late = `did not exit within ${EXIT_GRACE_MS / 1000} s of its last test`;
      }
      if (performance.now() > deadline) {
        killed = late;
        child.kill('SIGKILL');
      }
    }, 1000);

    const finish = (ending: Ending) => {
      clearInterval(watch);
      process.off('exit', endWithParent);
      resolve({ending, output});
    };
    child.on('error', error => finish(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      const exit = code === 0 ? undefined : `exit code ${code}`;
      const ending = killed ?? (signal === null ? exit : `crashed with signal ${signal}`);
      // `close` waits for the pipes, which a grandchild may hold open for ever.
      const patience = setTimeout(() => finish(ending), 2000);
      child.on('close', () => {
        clearTimeout(patience);
        finish(ending);
      });
    });
  });
}

function readResults(file: string): Reports & {running: string | undefined; complete: boolean} {
  const reports: Reports = {passed: 0, failures: [], skipped: [], adapters: []};
  let running: string | undefined;
  let complete = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const event = parseEvent(line);
    if (event?.type === 'start') {
      running = event.title;
    } else if (event?.type === 'adapter') {
      reports.adapters.push(event);
    } else if (event !== undefined) {
      running = undefined;
      reports.passed += event.type === 'pass' ? 1 : 0;
      if (event.type === 'fail') reports.failures.push(event);
      if (event.type === 'skip') reports.skipped.push(event);
      complete = event.type === 'end';
    }
  }
  return {...reports, running, complete};
}

function parseEvent(line: string): TestEvent | undefined {
  try {
    return JSON.parse(line) as TestEvent;
  } catch {
    // The last line of a process that was killed while writing, or the empty one at the end.
    return undefined;
  }
}

function problemOf(
  {mayBeEmpty = false, adapter}: Suite,
  {passed, failures, adapters}: Reports,
  complete: boolean,
  ending: Ending,
): string | undefined {
  if (!complete) {
    return `${ending ?? 'exit code 0'} before all tests were run`;
  }
  // A runner that counts failures in its exit code has said it all already.
  if (ending !== undefined && !(ending.startsWith('exit code') && failures.length > 0)) {
    return `all tests were run, but the process ${ending.replace(/^exit/, 'ended with exit')}`;
  }
  if (passed + failures.length === 0) {
    return mayBeEmpty ? undefined : 'executed no test';
  }
  if (adapter !== undefined && !adapters.some(({name}) => name === adapter)) {
    return `no test has asserted that it ran on the ${adapter} adapter (expectAdapter)`;
  }
  return undefined;
}
