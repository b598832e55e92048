// SPDX-License-Identifier: Apache-2.0
/** `npm run bench`: approx against the stock backend, on one device in one run. */
import {parseArgs} from 'node:util';
import {setEngine} from '@tfjs-approx/backend-approx';
import {listMultipliers} from '@tfjs-approx/lut-builder';
import type {GroupName} from './benchmark-case.js';
import {casesFor, GROUPS, type Effort} from './cases.js';
import {contendersFor, MULTIPLIERS} from './contenders.js';
import {describeDevice, describeProvenance} from './device.js';
import {digits, heading, table, writeResults} from './report.js';
import type {BenchmarkResults} from './results.js';
import {runBenchmarks} from './run.js';

const HELP = `Usage: npm run bench -- [options]

  --quick              fewer and smaller cases: a few minutes at most
  --smoke              the smallest case once; only shows that it runs
  --adapter NAME       hardware, lavapipe or swiftshader (default: what the system offers)
  --engine NAME        webgpu (default where there is an adapter) or cpu
  --multiplier A,B     default: ${MULTIPLIERS.join(',')}
  --only GROUP         ${GROUPS.join(' or ')}
  --out FOLDER         for JSON and CSV (default: benchmarks/results)
  --help`;

const EFFORTS: readonly Effort[] = ['smoke', 'quick'];

async function main(): Promise<void> {
  const {values: options} = parseArgs({
    options: {
      quick: {type: 'boolean', default: false},
      smoke: {type: 'boolean', default: false},
      engine: {type: 'string'},
      multiplier: {type: 'string', default: MULTIPLIERS.join(',')},
      only: {type: 'string', multiple: true, default: [...GROUPS]},
      out: {type: 'string', default: 'benchmarks/results'},
      // The GPU pack passes its record of what it was made from, and prints the table itself.
      pack: {type: 'string'},
      'no-table': {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
  });
  if (options.help) return console.log(HELP);
  const effort = EFFORTS.find(name => options[name as 'smoke' | 'quick']) ?? 'full';
  const multipliers = options.multiplier.split(',').filter(Boolean);
  checkNames(
    '--multiplier',
    multipliers,
    listMultipliers().map(({name}) => name),
  );
  checkNames('--only', options.only, GROUPS);

  await startEngine(options.engine);
  const device = describeDevice();
  const timestamps = device.features.includes('timestamp-query');
  const run: BenchmarkResults = {
    schema: 1,
    effort,
    device,
    provenance: describeProvenance(options.pack),
    measurements: [],
  };
  if (!options['no-table']) console.log(`${heading(run)}\n`);
  const cases = casesFor(device.kind, effort, options.only as GroupName[]);
  let done = 0;
  const measurements = await runBenchmarks({
    cases,
    contenders: contendersFor(device.stock, multipliers),
    effort,
    timestamps,
    onProgress: what => showStep(`[${done + 1}/${cases.length}] ${what}`),
    onResults(ofCase) {
      const times = ofCase.map(m => `${m.contender} ${digits(m.wallMs.median)}`).join(', ');
      showStep('');
      console.log(`[${++done}/${cases.length}] ${ofCase[0].case}, ms: ${times}`);
    },
  });
  const results = {...run, measurements};
  if (!options['no-table']) console.log(`\n${table(measurements)}\n`);
  if (!timestamps && device.engine === 'webgpu') {
    console.log('No GPU times: the adapter has no timestamp queries.');
  }
  for (const path of writeResults(options.out, results)) console.log(path);
  const differing = measurements.filter(({bits}) => bits === 'differ');
  if (differing.length > 0) {
    const names = differing.map(m => `${m.case} with ${m.contender}`).join(', ');
    throw new UsageError(`Results differ from the functional model: ${names}`, 1);
  }
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

async function startEngine(name: string | undefined): Promise<void> {
  if (name !== undefined) {
    checkNames('--engine', [name], ['webgpu', 'cpu']);
    await setEngine(name as 'webgpu' | 'cpu');
    return;
  }
  try {
    await setEngine('webgpu');
  } catch (error) {
    console.log(`Measuring the cpu engine. ${(error as Error).message.split('. ')[0]}.\n`);
    await setEngine('cpu');
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
