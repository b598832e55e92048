// SPDX-License-Identifier: Apache-2.0
/** `npm run bench`: approx against stock backends, on one device in one run. */
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {parseArgs} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {setEngine} from '@tfjs-approx/backend-approx';
import {getMultiplier} from '@tfjs-approx/arithmetic';
import type {GroupName} from './benchmark-case.js';
import {casesFor, GROUPS, type Effort} from './cases.js';
import {writeCharts} from './charts.js';
import {contendersFor, MULTIPLIERS, otherBackends} from './contenders.js';
import {describeDevice, describeProvenance} from './device.js';
import {measureDirectSimulation} from './direct.js';
import {lookUpLimit} from './limits.js';
import {digits, fileName, heading, tables, writeResults} from './report.js';
import {parseResults, type BenchmarkResults, type Measurement, type Untimed} from './results.js';
import {runBenchmarks, type Outcome} from './run.js';

const HELP = `Usage: npm run bench -- [options]

Measures approx against stock TensorFlow.js: matrix products, convolution layers, training steps.

  --quick              fewer and smaller cases: a few minutes at most
  --smoke              the smallest cases once; only shows that it runs
  --adapter NAME       hardware, lavapipe or swiftshader (default: what the system offers)
  --engine NAME        webgpu or cpu (default: both where there is an adapter, one after the other)
  --multiplier A,B     default: ${MULTIPLIERS.join(',')}
  --only GROUP         ${GROUPS.join(', ')}; may be given several times
  --out FOLDER         for results and charts (default: benchmarks/results)
  --charts FILE.json   only draws the charts of earlier results, beside them or in --out
  --help

tfjs-node takes part where it is installed: npm install --no-save @tensorflow/tfjs-node`;

const EFFORTS: readonly Effort[] = ['smoke', 'quick'];
const OUT = 'benchmarks/results';

async function main(): Promise<void> {
  const {values: options} = parseArgs({
    options: {
      quick: {type: 'boolean', default: false},
      smoke: {type: 'boolean', default: false},
      engine: {type: 'string'},
      multiplier: {type: 'string', default: MULTIPLIERS.join(',')},
      only: {type: 'string', multiple: true, default: [...GROUPS]},
      out: {type: 'string'},
      charts: {type: 'string'},
      // The GPU pack passes its record of what it was made from, and prints the tables itself.
      pack: {type: 'string'},
      'no-table': {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
  });
  if (options.help) return console.log(HELP);
  if (options.charts !== undefined) return drawCharts(options.charts, options.out);
  const effort = EFFORTS.find(name => options[name as 'smoke' | 'quick']) ?? 'full';
  const multipliers = options.multiplier.split(',').filter(Boolean);
  for (const name of multipliers) checkMultiplier(name);
  checkNames('--only', options.only, GROUPS);

  // Without the advice that stock cpu gives to users of Node.
  tf.enableProdMode();
  const engines = await startEngine(options.engine);
  const device = describeDevice();
  const timestamps = device.features.includes('timestamp-query');
  const others = await otherBackends(options.pack && join(dirname(options.pack), 'wasm'));
  const run: BenchmarkResults = {
    schema: 2,
    effort,
    device,
    provenance: describeProvenance(options.pack),
    direct: measureDirectSimulation(effort),
    lookUpLimit: lookUpLimit(device.name),
    notes: others.notes,
    measurements: [],
    untimed: [],
  };
  if (!options['no-table']) console.log(`${heading(run)}\n`);
  const measurements: Measurement[] = [];
  const untimed: Untimed[] = [];
  const plans = engines.map(engine => {
    const kind = engine === 'webgpu' ? device.kind : engines.length > 1 ? 'cpu-beside' : 'cpu';
    return {engine, cases: casesFor(kind, effort, options.only as GroupName[])};
  });
  const count = plans.reduce((sum, {cases}) => sum + cases.length, 0);
  let done = 0;
  for (const {engine, cases} of plans) {
    await setEngine(engine);
    const outcome = await runBenchmarks({
      engine,
      cases,
      contenders: contendersFor(engine, multipliers, others.names),
      effort,
      timestamps,
      onProgress: what => showStep(`[${done + 1}/${count}] ${what}`),
      onResults(ofCase) {
        showStep('');
        console.log(`[${++done}/${count}] ${summaryOf(ofCase)}`);
      },
    });
    measurements.push(...outcome.measurements);
    untimed.push(...outcome.untimed);
  }
  const results = {...run, measurements, untimed};
  if (!options['no-table']) console.log(`\n${tables(results)}\n`);
  if (!timestamps && device.engine === 'webgpu') {
    console.log('No GPU times: the adapter has no timestamp queries.');
  }
  const folder = options.out ?? OUT;
  for (const path of writeResults(folder, results)) console.log(path);
  for (const line of await writeCharts(folder, fileName(results), results)) console.log(line);
  const wrong = [
    ...measurements
      .filter(({bits}) => bits === 'differ')
      .map(m => `${m.case} with ${m.contender} differs from the functional model`),
    ...untimed
      .filter(({isFailure}) => isFailure)
      .map(u => `${u.case} with ${u.contender} failed: ${u.reason}`),
  ];
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'), 1);
}

async function drawCharts(file: string, out = dirname(file)): Promise<void> {
  let results: BenchmarkResults;
  try {
    results = parseResults(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--charts ${file}: ${(error as Error).message}`);
  }
  for (const line of await writeCharts(out, fileName(results), results)) console.log(line);
}

function summaryOf({measurements, untimed}: Outcome): string {
  const [{case: name, engine}] = [...measurements, ...untimed];
  const times = measurements.map(m => `${m.contender} ${digits(m.wallMs.median)}`);
  return `${name} (${engine}), ms: ${times.join(', ')}`;
}

const LOG_INTERVAL_MS = 10_000;
let nextLog = LOG_INTERVAL_MS;

/** On a terminal a line that the next one replaces; in a log a line now and then. */
function showStep(text: string): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\x1b[K${text}`);
  } else if (text !== '' && performance.now() > nextLog) {
    nextLog = performance.now() + LOG_INTERVAL_MS;
    console.log(`  ${text}`);
  }
}

/** Ends the command with a message instead of a stack trace. */
class UsageError extends Error {
  constructor(
    message: string,
    readonly exitCode = 2,
  ) {
    super(message);
  }
}

/** @returns the engines to measure; the first one is running. */
async function startEngine(name: string | undefined): Promise<('webgpu' | 'cpu')[]> {
  if (name !== undefined) {
    checkNames('--engine', [name], ['webgpu', 'cpu']);
    await setEngine(name as 'webgpu' | 'cpu');
    return [name as 'webgpu' | 'cpu'];
  }
  try {
    await setEngine('webgpu');
    return ['webgpu', 'cpu'];
  } catch (error) {
    console.log(`Measuring the cpu engine. ${(error as Error).message.split('. ')[0]}.\n`);
    await setEngine('cpu');
    return ['cpu'];
  }
}

function checkMultiplier(name: string): void {
  try {
    getMultiplier(name);
  } catch (error) {
    throw new UsageError(`--multiplier ${name}: ${(error as Error).message}`);
  }
}

function checkNames(option: string, names: readonly string[], known: readonly string[]): void {
  const wrong = names.find(name => !known.includes(name));
  if (wrong !== undefined) {
    throw new UsageError(`${option} ${wrong}: expected one of ${known.join(', ')}`);
  }
}

try {
  await main();
} catch (error) {
  const isUsage =
    error instanceof UsageError ||
    (error as {code?: string}).code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(isUsage ? `bench: ${(error as Error).message}` : error);
  process.exitCode = error instanceof UsageError ? error.exitCode : isUsage ? 2 : 1;
}
// Dawn need not be taken down in the right order.
process.exit();
