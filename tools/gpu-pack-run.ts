// SPDX-License-Identifier: Apache-2.0
// What run.sh starts in the GPU pack: finds the GPU, runs the engine tests and the benchmark on it, prints a
// table last and leaves everything in a folder.
//
// Bundled by gpu-pack.ts; tests, benchmark and probes are processes of their own, so that a driver that
// crashes costs one of them.

import {spawn} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {align, heading, tables} from '../benchmarks/src/report.ts';
import type {BenchmarkResults} from '../benchmarks/src/results.ts';
import {findDriver, type Found, type Search, whatIsMissing} from './gpu-pack-drivers.ts';
import {type Outcome, runSuite} from './run-suite.ts';
import {closingLine} from './summary.ts';

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

/** @returns The exit code. */
async function main(): Promise<number> {
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

interface Command {
  folder: string;
  software: boolean;
  smoke: boolean;
  tests: boolean;
  benchmark: boolean;
  tune: boolean;
  /** Options of the benchmark. */
  effort: string[];
}

/** @returns A message where there is nothing to run. */
function readCommand(): Command | string {
  const boolean = {type: 'boolean', default: false} as const;
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function explainNoGpu({software, tried}: Search): string {
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

function describe({kind, info, what}: Found): string {
  const {vendor, architecture, device, description} = info;
  const software = kind === 'hardware' ? '' : 'SOFTWARE ADAPTER: times say nothing about a GPU\n';
  return `${software}Adapter: ${device}, ${vendor} ${architecture}, ${description}\nDriver found by: ${what}`;
}

/** @returns One for each test file. */
async function runTests({environment, kind}: Found, {folder, smoke}: Command): Promise<Outcome[]> {
  const tests = join(app, 'tests');
  const log: string[] = [];
  const outcomes: Outcome[] = [];
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
    log.push(`■ ${name}\n${outcome.output}`);
    outcomes.push(outcome);
    console.log(`tests ${name}: ${closingLine([outcome])}, ${outcome.seconds.toFixed(1)} s`);
    for (const {title, message} of outcome.failures.slice(0, 5)) {
      console.log(`  FAILED ${title}\n    ${message.split('\n').slice(0, 4).join('\n    ')}`);
    }
  }
  writeFileSync(join(folder, 'tests.log'), log.join('\n'));
  const record = outcomes.map(outcome => ({...outcome, output: undefined}));
  writeFileSync(join(folder, 'tests.json'), JSON.stringify(record, null, 2) + '\n');
  return outcomes;
}

interface Benchmark {
  ok: boolean;
  problem: string | undefined;
  results: BenchmarkResults | undefined;
}

async function runBenchmark(found: Found, {folder, effort}: Command): Promise<Benchmark> {
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
 * @returns What went wrong.
 */
function runBundle(
  name: string,
  options: string[],
  {environment}: Found,
  minutes: number,
): Promise<string | undefined> {
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

function readResults(folder: string): BenchmarkResults | undefined {
  try {
    const file = readdirSync(folder).find(name => name.endsWith('.json'));
    return file === undefined ? undefined : JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch {
    return undefined;
  }
}

function summarize(
  found: Found,
  outcomes: Outcome[],
  benchmark: Benchmark | undefined,
  command: Command,
  milliseconds: number,
): string {
  const results = benchmark?.results;
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
  lines.push(command.tests ? `${closingLine(outcomes)}; ${seconds}` : seconds);
  return lines.join('\n');
}
