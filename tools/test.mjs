// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `npm test`: builds, runs every suite in a process of its own, and ends with a summary.

import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {availableParallelism} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {ADAPTER_NAMES, findAdapters} from './adapters.mjs';
import {findChromium} from './chromium.mjs';
import {runAll} from './run-all.mjs';
import {browserSuites, coreSuites, unitSuites, webGpuSuites} from './suites.mjs';
import {summarize} from './summary.mjs';

/** @typedef {import('./run-suite.mjs').Outcome} Outcome */

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const KINDS = ['unit', 'webgpu', 'core', 'browser'];

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

const options = parseOptions();
if (options.help) {
  console.log(HELP);
  process.exit();
}
checkValues('--only', options.only, KINDS);
checkValues('--adapter', options.adapter, ADAPTER_NAMES);
checkValues('--backend', options.backend, ['approx', 'cpu', 'webgpu']);

const started = performance.now();
/** @type {Outcome[]} */
const outcomes = options['no-build'] ? [] : build();

const {only, grep, file} = options;
const needsGpu =
  only.includes('webgpu') ||
  (only.includes('core') && options.backend.some(name => name !== 'cpu'));
const adapters = needsGpu
  ? findAdapters(ADAPTER_NAMES.filter(name => options.adapter.includes(name)))
  : {found: [], absent: [], broken: []};
if (needsGpu) {
  outcomes.push(...adapterProblems());
}

const webgpu = only.includes('webgpu') ? webGpuSuites(adapters.found, {grep, file}) : [];
if (only.includes('webgpu') && webgpu.length === 0 && file === undefined && adapters.found.length) {
  outcomes.push(failure('webgpu', 'There is no *.webgpu.test.ts file'));
}
const chromium = only.includes('browser') ? findChromium() : undefined;
if (chromium && 'missing' in chromium) {
  outcomes.push(skip('browser · chromium', chromium.missing));
}

// The longest come first, so that no process is left to run alone at the end.
const suites = [
  ...webgpu,
  ...(only.includes('core') && file === undefined
    ? coreSuites(adapters.found, {grep, backends: options.backend, all: options.all})
    : []),
  ...(chromium && 'environment' in chromium
    ? browserSuites(chromium.environment, {grep, file})
    : []),
  ...(only.includes('unit') ? unitSuites({grep, file}) : []),
];
outcomes.push(...(await runAll(suites, Math.max(1, Number(options.jobs) || 1))));

const {text, ok} = summarize(outcomes, adapters, (performance.now() - started) / 1000);
console.log(text);
process.exitCode = ok ? 0 : 1;

/** A wrong option ends the command with a line, before anything is built. */
function parseOptions() {
  try {
    return parseArgs({
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
    }).values;
  } catch (error) {
    return usageError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} message
 * @returns {never}
 */
function usageError(message) {
  console.error(`test: ${message}\n\nAll options: npm test -- --help`);
  process.exit(2);
}

/**
 * Compiles all packages. When that fails, the tests are run all the same, on what was emitted.
 * @returns {Outcome[]} A failure, or nothing.
 */
function build() {
  console.log('▶ build');
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const {status, stdout} = spawnSync(process.execPath, [tsc, '-b', '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  return status === 0 ? [] : [failure('build', `tsc -b failed (exit code ${status})\n${stdout}`)];
}

/** @returns {Outcome[]} */
function adapterProblems() {
  const broken = adapters.broken.map(({name, reason}) =>
    failure(`adapter · ${name}`, `The ${name} adapter cannot be used: ${reason}`),
  );
  if (adapters.found.length > 0 || broken.length > 0) {
    return broken;
  }
  const reasons = adapters.absent.map(({name, reason}) => `${name}: ${reason}`).join('; ');
  return [failure('adapter', `No WebGPU adapter to test on. ${reasons}`)];
}

/**
 * @param {string} name
 * @param {string} message
 * @returns {Outcome}
 */
function failure(name, message) {
  const failures = [{title: '(before the tests)', message, stack: ''}];
  return {name, passed: 0, failures, skipped: [], adapters: [], seconds: 0};
}

/**
 * @param {string} name
 * @param {string} reason
 * @returns {Outcome}
 */
function skip(name, reason) {
  const skipped = [{title: '(all tests)', reason}];
  return {name, passed: 0, failures: [], skipped, adapters: [], seconds: 0};
}

/**
 * @param {string} option
 * @param {readonly string[]} values
 * @param {readonly string[]} allowed
 */
function checkValues(option, values, allowed) {
  const wrong = values.find(value => !allowed.includes(value));
  if (wrong !== undefined) {
    usageError(`${option} ${wrong}: expected one of ${allowed.join(', ')}`);
  }
}
