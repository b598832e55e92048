// SPDX-License-Identifier: Apache-2.0
// @ts-check
// What run.sh starts in the GPU pack: finds the GPU, runs the engine tests and the benchmark on it, prints a
// table last and leaves everything in a folder.
//
// Bundled by gpu-pack.mjs; tests, benchmark and probes are processes of their own, so that a driver that
// crashes costs one of them.

import {spawn} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {align, heading, tables} from '../benchmarks/dist/report.js';
import {findDriver, whatIsMissing} from './gpu-pack-drivers.mjs';
import {runSuite} from './run-suite.mjs';

/**
 * @typedef {import('./run-suite.mjs').Outcome} Outcome
 * @typedef {import('./gpu-pack-drivers.mjs').Found} Found
 * @typedef {import('../benchmarks/dist/results.js').BenchmarkResults} BenchmarkResults
 */

const HELP = `Usage: sh run.sh [options] [FOLDER]

Runs the engine tests and a benchmark on this machine's GPU. Results go to FOLDER, else to $OUT, else to
./tfjs-approx-results.

  --quick        a shorter benchmark
  --tests-only   no benchmark
  --bench-only   no tests
  --tune         only measures tile shapes, for a new entry of tile-table.ts
  --smoke        a few tests and the smallest benchmark; only shows that everything runs
  --software     accept an adapter that computes in software; its times say nothing about a GPU
  --help

Exit codes: 0 all well, 1 a test or the benchmark failed, 2 wrong command line, 3 no GPU.`;

/** Tests of several kinds of operation that need few shaders. */
const SMOKE_TESTS = 'every pair of edge values|channels first|shares its device';
const TEST_MINUTES = 25;
const BENCHMARK_MINUTES = 30;
const TUNER_MINUTES = 15;

const app = dirname(fileURLToPath(import.meta.url));
const packFile = join(app, '..', 'pack.json');

process.exitCode = await main();

/** @returns {Promise<number>} The exit code. */
async function main() {
  const command = readCommand();
  if (typeof command === 'string') {
    console.log(command);
    return command === HELP ? 0 : 2;
  }
  const {commit, versions} = JSON.parse(readFileSync(packFile, 'utf8'));
  console.log(`tfjs-approx ${versions['@tfjs-approx/backend-approx']}, commit ${commit}`);

  const manifests = join(tmpdir(), `tfjs-approx-drivers-${process.pid}`);
  process.on('exit', () => rmSync(manifests, {recursive: true, force: true}));
  const search = findDriver(join(app, 'probe.mjs'), manifests);
  const found = search.hardware ?? (command.software ? search.software : undefined);
  if (found === undefined) {
    console.log(explainNoGpu(search));
    return 3;
  }
  console.log(`${describe(found)}\n`);
  try {
    mkdirSync(command.folder, {recursive: true});
  } catch (error) {
    console.log(`run.sh: no folder for results: ${messageOf(error)}. Name another one.`);
    return 2;
  }
  writeFileSync(join(command.folder, 'drivers.txt'), search.tried.join('\n') + '\n');

  if (command.tune) {
    const problem = await runBundle(
      'tune',
      ['--out', join(command.folder, 'tile-table-entry.txt')],
      found,
      TUNER_MINUTES,
    );
    console.log(problem ? `The tuner did not end well: ${problem}.` : '');
    return problem ? 1 : 0;
  }
  const started = performance.now();
  const outcomes = command.tests ? await runTests(found, command) : [];
  const benchmark = command.benchmark ? await runBenchmark(found, command) : undefined;
  const ok = outcomes.every(({failures}) => failures.length === 0) && (benchmark?.ok ?? true);
  const summary = summarize(found, outcomes, benchmark, command, performance.now() - started);
  console.log(`\n${summary}`);
  writeFileSync(join(command.folder, 'summary.txt'), summary + '\n');
  console.log(`\nResults: ${command.folder}`);
  return ok ? 0 : 1;
}

/**
 * @typedef {object} Command
 * @property {string} folder
 * @property {boolean} software
 * @property {boolean} smoke
 * @property {boolean} tests
 * @property {boolean} benchmark
 * @property {boolean} tune
 * @property {string[]} effort  Options of the benchmark.
 */

/** @returns {Command | string} A message where there is nothing to run. */
function readCommand() {
  const boolean = /** @type {const} */ ({type: 'boolean', default: false});
  try {
    const {values, positionals} = parseArgs({
      options: {
        quick: boolean,
        smoke: boolean,
        software: boolean,
        'tests-only': boolean,
        'bench-only': boolean,
        tune: boolean,
        help: boolean,
      },
      allowPositionals: true,
    });
    if (values.help) {
      return HELP;
    }
    if (positionals.length > 1) {
      throw new Error(`one folder for results, not ${positionals.length}`);
    }
    if (values['tests-only'] && values['bench-only']) {
      throw new Error('--tests-only and --bench-only leave nothing to run');
    }
    return {
      folder: resolve(positionals[0] ?? process.env['OUT'] ?? 'tfjs-approx-results'),
      software: values.software,
      smoke: values.smoke,
      tests: !values['bench-only'] && !values.tune,
      benchmark: !values['tests-only'] && !values.tune,
      tune: values.tune,
      effort: values.smoke ? ['--smoke'] : values.quick ? ['--quick'] : [],
    };
  } catch (error) {
    return `run.sh: ${messageOf(error)}\n\n${HELP}`;
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {import('./gpu-pack-drivers.mjs').Search} search
 * @returns {string}
 */
function explainNoGpu({software, tried}) {
  return [
    software
      ? `There is only a software adapter here (${software.info.description}), which says nothing about a ` +
        'GPU. With --software it is used all the same.'
      : 'WebGPU finds no adapter here.',
    ...whatIsMissing(),
    'Tried:',
    ...tried.map(line => `  ${line}`),
  ].join('\n');
}

/**
 * @param {Found} found
 * @returns {string}
 */
function describe({kind, info, what}) {
  const {vendor, architecture, device, description} = info;
  const software = kind === 'hardware' ? '' : 'SOFTWARE ADAPTER: times say nothing about a GPU\n';
  return `${software}Adapter: ${device}, ${vendor} ${architecture}, ${description}\nDriver found by: ${what}`;
}

/**
 * @param {Found} found
 * @param {Command} command
 * @returns {Promise<Outcome[]>} One for each test file.
 */
async function runTests({environment, kind}, {folder, smoke}) {
  const tests = join(app, 'tests');
  const log = [];
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const file of readdirSync(tests).sort()) {
    const name = basename(file, '.mjs');
    let shown = 0;
    const outcome = await runSuite(
      {
        name,
        command: [
          join(app, 'tests.mjs'),
          ...(smoke ? ['--grep', SMOKE_TESTS] : []),
          join(tests, file),
        ],
        environment: {...environment, APPROX_ENGINE: 'webgpu', APPROX_TEST_ADAPTER: kind},
        limitMinutes: TEST_MINUTES,
        mayBeEmpty: smoke,
        adapter: smoke ? undefined : kind,
      },
      {
        collect: true,
        onProgress(passed, failed) {
          if (passed + failed >= shown + 50) {
            shown = passed + failed;
            console.log(`  ${name}: ${passed} passed, ${failed} failed so far`);
          }
        },
      },
    );
    const {output = '', ...rest} = outcome;
    log.push(`■ ${name}\n${output}`);
    outcomes.push(rest);
    console.log(`tests ${name}: ${tally([rest])}, ${rest.seconds.toFixed(1)} s`);
    for (const {title, message} of rest.failures.slice(0, 5)) {
      console.log(`  FAILED ${title}\n    ${message.split('\n').slice(0, 4).join('\n    ')}`);
    }
  }
  writeFileSync(join(folder, 'tests.log'), log.join('\n'));
  writeFileSync(join(folder, 'tests.json'), JSON.stringify(outcomes, null, 2) + '\n');
  return outcomes;
}

/**
 * @typedef {{ok: boolean, problem?: string, results?: BenchmarkResults}} Benchmark
 *
 * @param {Found} found
 * @param {Command} command
 * @returns {Promise<Benchmark>}
 */
async function runBenchmark(found, {folder, effort}) {
  console.log('');
  const out = join(folder, 'benchmark');
  rmSync(out, {recursive: true, force: true});
  const options = ['--pack', packFile, '--out', out, '--no-table', ...effort];
  const problem = await runBundle('bench', options, found, BENCHMARK_MINUTES);
  const results = readResults(out);
  return {ok: problem === undefined && results !== undefined, problem, results};
}

/**
 * Runs a bundle of the pack on the GPU that was found.
 *
 * @param {string} name
 * @param {string[]} options
 * @param {Found} found
 * @param {number} minutes
 * @returns {Promise<string | undefined>} What went wrong.
 */
function runBundle(name, options, {environment}, minutes) {
  return new Promise(done => {
    const child = spawn(process.execPath, [join(app, `${name}.mjs`), ...options], {
      env: {...process.env, ...environment},
      stdio: 'inherit',
      timeout: minutes * 60_000,
      killSignal: 'SIGKILL',
    });
    child.on('error', error => done(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) =>
      done(signal ? `was ended by ${signal}` : code === 0 ? undefined : `exit code ${code}`),
    );
  });
}

/**
 * @param {string} folder
 * @returns {BenchmarkResults | undefined}
 */
function readResults(folder) {
  try {
    const file = readdirSync(folder).find(name => name.endsWith('.json'));
    return file === undefined ? undefined : JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {Found} found
 * @param {Outcome[]} outcomes
 * @param {Benchmark | undefined} benchmark
 * @param {Command} command
 * @param {number} milliseconds
 * @returns {string}
 */
function summarize(found, outcomes, benchmark, command, milliseconds) {
  const {results} = benchmark ?? {};
  const lines = [results ? heading(results) : describe(found), ''];
  if (command.tests) {
    const failed = outcomes.some(({failures}) => failures.length > 0);
    lines.push(
      align(
        [
          ['engine tests', 'bits', 'passed', 'failed', 'seconds'],
          ...outcomes.map(({name, passed, failures, seconds}) => [
            name,
            failures.length > 0 ? 'DIFFER OR FAILED' : 'equal',
            String(passed),
            String(failures.length),
            seconds.toFixed(1),
          ]),
        ],
        2,
      ),
      failed
        ? 'Some tests failed: tests.json and tests.log say which.'
        : "The engine's results equal the oracle's in every bit that is defined.",
      '',
    );
  }
  if (benchmark?.problem !== undefined) {
    lines.push(`The benchmark did not end well: ${benchmark.problem}.`);
  }
  if (results) {
    lines.push(tables(results), '');
    if (results.effort === 'smoke' || found.kind !== 'hardware') {
      lines.push('These times say nothing about a GPU.');
    }
  }
  const seconds = `${(milliseconds / 1000).toFixed(0)} s`;
  lines.push(command.tests ? `${tally(outcomes)}; ${seconds}` : seconds);
  return lines.join('\n');
}

/**
 * @param {Outcome[]} outcomes
 * @returns {string}
 */
function tally(outcomes) {
  /** @type {(count: (outcome: Outcome) => number) => number} */
  const sum = count => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const skipped = sum(outcome => outcome.skipped.length);
  return (
    `${sum(({passed}) => passed)} passed, ${sum(({failures}) => failures.length)} failed` +
    (skipped > 0 ? `, ${skipped} skipped` : '')
  );
}
