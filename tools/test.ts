// SPDX-License-Identifier: Apache-2.0
// `npm test`: builds, runs every suite in a process of its own, several at a time, and ends with a summary.

import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {ADAPTER_NAMES, findAdapters, type Search} from './adapters.ts';
import {findChromium} from './chromium.ts';
import {type Outcome, runSuite, type Suite} from './run-suite.ts';
import {browserSuites, coreSuites, unitSuites, webGpuSuites} from './suites.mjs';
import {summarize} from './summary.ts';

const KINDS = ['unit', 'webgpu', 'core', 'browser'];

/** How often a line says how far the running suites are. */
const HEARTBEAT_MS = 30_000;

const HELP = `Usage: npm test -- [options]

Builds, runs every suite in a process of its own, and ends with a summary.

  --only KIND        ${KINDS.join(', ')}; may be given several times (default: all)
  --adapter NAME     ${ADAPTER_NAMES.join(', ')}; several times too (default: those there are)
  --grep REGEX       tests whose title matches
  --file NAME        test files (not core) whose path contains NAME
  --all              with core: tfjs-core's whole test suite, not only multiply-accumulates
  --backend NAME     with core: approx, or to compare cpu or webgpu; several times too (default: approx)
  --no-build         with what was built before
  --jobs N           suites at a time (default: 2); with 1, output comes as it is written
  --help`;

const NOTHING = {passed: 0, failures: [], skipped: [], adapters: [], seconds: 0, output: ''};

const options = readOptions();
const started = performance.now();
const outcomes = options['no-build'] ? [] : build();
const adapters = searchAdapters();
outcomes.push(...(await runAll(chooseSuites(), Math.max(1, Number(options.jobs) || 1))));
const {text, ok} = summarize(outcomes, adapters, (performance.now() - started) / 1000);
console.log(text);
process.exitCode = ok ? 0 : 1;

/** A wrong option ends the command with a line, before anything is built. */
function readOptions() {
  try {
    const {values} = parseArgs({
      options: {
        only: {type: 'string', multiple: true, default: KINDS},
        adapter: {type: 'string', multiple: true, default: [...ADAPTER_NAMES]},
        backend: {type: 'string', multiple: true, default: ['approx']},
        grep: {type: 'string'},
        file: {type: 'string'},
        all: {type: 'boolean', default: false},
        'no-build': {type: 'boolean', default: false},
        jobs: {type: 'string', default: String(Math.min(2, availableParallelism()))},
        help: {type: 'boolean', default: false},
      },
    });
    const allowed = {only: KINDS, adapter: ADAPTER_NAMES, backend: ['approx', 'cpu', 'webgpu']};
    for (const option of ['only', 'adapter', 'backend'] as const) {
      const names: readonly string[] = allowed[option];
      const wrong = values[option].find(value => !names.includes(value));
      if (wrong !== undefined) {
        throw new Error(`--${option} ${wrong}: expected one of ${names.join(', ')}`);
      }
    }
    if (values.help) {
      console.log(HELP);
      process.exit();
    }
    return values;
  } catch (error) {
    console.error(`test: ${(error as Error).message}\n\nAll options: npm test -- --help`);
    process.exit(2);
  }
}

/** Compiles all packages. When that fails, the tests are run all the same, on what was emitted. */
function build(): Outcome[] {
  console.log('▶ build');
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const {status, stdout} = spawnSync(process.execPath, [tsc, '-b', '--pretty', 'false'], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  return status === 0 ? [] : [failure('build', `tsc -b failed (exit code ${status})\n${stdout}`)];
}

/** Adapters for the tests that need one. None at all, or a broken one, is a failure. */
function searchAdapters(): Search {
  const {only, backend} = options;
  const core = only.includes('core') && backend.some(name => name !== 'cpu');
  if (!only.includes('webgpu') && !core) {
    return {found: [], absent: [], broken: []};
  }
  const search = findAdapters(ADAPTER_NAMES.filter(name => options.adapter.includes(name)));
  const {found, absent, broken} = search;
  for (const {name, reason} of broken) {
    outcomes.push(failure(`adapter · ${name}`, `The ${name} adapter cannot be used: ${reason}`));
  }
  if (found.length + broken.length === 0) {
    const reasons = absent.map(({name, reason}) => `${name}: ${reason}`).join('; ');
    outcomes.push(failure('adapter', `No WebGPU adapter to test on. ${reasons}`));
  }
  return search;
}

/** The longest come first, so that no process is left to run alone at the end. */
function chooseSuites(): Suite[] {
  const {only, grep, file, all, backend: backends} = options;
  const suites: Suite[] = [];
  if (only.includes('webgpu')) {
    suites.push(...webGpuSuites(adapters.found, {grep, file}));
    if (suites.length === 0 && file === undefined && adapters.found.length > 0) {
      outcomes.push(failure('webgpu', 'There is no *.webgpu.test.ts file'));
    }
  }
  if (only.includes('core') && file === undefined) {
    suites.push(...coreSuites(adapters.found, {grep, backends, all}));
  }
  if (only.includes('browser')) {
    const chromium = findChromium();
    if ('missing' in chromium) {
      const skipped = [{title: '(all tests)', reason: chromium.missing}];
      outcomes.push({...NOTHING, name: 'browser · chromium', skipped});
    } else {
      suites.push(...browserSuites(chromium.environment, {grep, file}));
    }
  }
  if (only.includes('unit')) {
    suites.push(...unitSuites({grep, file}));
  }
  return suites;
}

/**
 * Runs suites, several at a time: most of them keep one core busy, as compiling shaders on a software adapter and
 * computing on the CPU are both work of one thread.
 * @param jobs How many run at a time. With one, output is shown as it comes; with more, that of each suite is shown
 *   as a whole when it ends.
 */
async function runAll(suites: readonly Suite[], jobs: number): Promise<Outcome[]> {
  const collect = jobs > 1 && suites.length > 1;
  const running = new Map<string, string>();
  const heartbeat = setInterval(() => {
    console.log(`… ${[...running].map(([name, progress]) => `${name}: ${progress}`).join('; ')}`);
  }, HEARTBEAT_MS);
  if (!collect) {
    clearInterval(heartbeat);
  }
  const results: Outcome[] = [];
  const waiting = suites.entries();
  const worker = async () => {
    // Workers share the iterator: each suite is taken once.
    for (const [index, suite] of waiting) {
      const {name} = suite;
      console.log(collect ? `▶ ${name}` : `\n▶ ${name}`);
      running.set(name, 'starting');
      const onProgress = (passed: number, failed: number) =>
        running.set(name, `${passed} passed, ${failed} failed so far`);
      const outcome = await runSuite(suite, {collect, onProgress});
      running.delete(name);
      results[index] = outcome;
      if (collect) {
        console.log(`\n■ ${name}\n${outcome.output}`);
      }
    }
  };
  await Promise.all(Array.from({length: jobs}, worker));
  clearInterval(heartbeat);
  return results;
}

function failure(name: string, message: string): Outcome {
  return {...NOTHING, name, failures: [{title: '(before the tests)', message, stack: ''}]};
}
