// SPDX-License-Identifier: Apache-2.0
// Runs tfjs-core's own op tests against a backend, in a process of its own:
//   node dist-test/conformance/run.js --backend approx --engine webgpu [--all] [--grep REGEX] [--list]
// `approx` runs with the fp32 multiplier, which must be indistinguishable from a stock backend. The stock
// backends `cpu` and `webgpu` can be run too: they tell a fault of upstream from one of ours.

import {rmSync} from 'node:fs';
import {parseArgs} from 'node:util';
import type * as tfjs from '@tensorflow/tfjs-core';
import {reportEvent} from '#src/testing/results.js';
import {bundleCoreSuite} from './core-bundle.js';
import {expectedFailure} from './expected-failures.js';
import {bootJasmine} from './jasmine.js';
import {macSpecFilter} from './mac-specs.js';
import {assertAdapter, type DeviceInfo} from '#src/testing/assert-adapter.js';
import {registerStockWebGpu} from './stock-webgpu.js';
import {Tally} from './spec-tally.js';

interface CoreSuite {
  tf: typeof tfjs;
  setTestEnvs(
    environments: {
      name: string;
      backendName: string;
      flags?: Record<string, unknown>;
      isDataSync: boolean;
    }[],
  ): void;
  loadBackend(): Promise<Record<string, unknown>>;
  loadTests(): Promise<unknown>;
}

/** The slowest spec takes some seconds on a software adapter; upstream's limit of 20 s is for hardware. */
const SPEC_TIMEOUT_MS = 120_000;

const {values: options} = parseArgs({
  options: {
    backend: {type: 'string', default: 'approx'},
    engine: {type: 'string'},
    all: {type: 'boolean', default: false},
    grep: {type: 'string'},
    list: {type: 'boolean', default: false},
  },
});

const backend = oneOf('--backend', options.backend, ['approx', 'cpu', 'webgpu'] as const);
const engine: 'webgpu' | 'cpu' =
  backend === 'approx'
    ? oneOf('--engine', options.engine ?? 'cpu', ['webgpu', 'cpu'] as const)
    : backend;
// Set before the backend is loaded: tfjs forgets its flags between describes and evaluates them anew.
process.env['APPROX_ENGINE'] = engine;
process.env['APPROX_MULTIPLIER'] = 'fp32';

await main();

async function main(): Promise<void> {
  const bundle = await bundleCoreSuite(backend);
  let suite: CoreSuite;
  try {
    suite = (await import(bundle)) as CoreSuite;
  } finally {
    rmSync(bundle, {force: true});
  }
  const jasmine = bootJasmine();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = SPEC_TIMEOUT_MS;

  await prepareBackend(suite);
  suite.setTestEnvs([
    {
      name: backend,
      backendName: backend,
      // By default the GPU backend computes small tensors on the CPU, which would test nothing.
      flags: engine === 'webgpu' ? {WEBGPU_CPU_FORWARD: false} : undefined,
      // tfjs's own backend needs OffscreenCanvas for it, which Node lacks.
      isDataSync: backend !== 'webgpu',
    },
  ]);
  await suite.loadTests();

  const isMac = macSpecFilter(backend);
  const grep = options.grep === undefined ? undefined : new RegExp(options.grep);
  const wanted = (name: string) => (options.all || isMac(name)) && (grep?.test(name) ?? true);

  const environment = jasmine.getEnv();
  const tally = new Tally(backend, engine);
  environment.configure({
    random: false,
    specFilter: spec => {
      const name = spec.getFullName();
      if (options.list && wanted(name)) {
        console.log(name);
      }
      if (!wanted(name) || options.list) {
        return false;
      }
      const known = expectedFailure(name, engine);
      if (known?.hangs === true) {
        tally.notRun(name, known.reason);
        return false;
      }
      return true;
    },
  });
  await new Promise<void>(resolve => {
    environment.addReporter({
      specStarted: ({fullName}) => {
        if (wanted(fullName)) {
          reportEvent({type: 'start', title: fullName});
        }
      },
      specDone: spec => tally.spec(spec),
      suiteDone: describe => tally.suite(describe),
      jasmineDone: result => {
        tally.suite({...result, fullName: 'outside of any describe'});
        resolve();
      },
    });
    environment.execute();
  });
  tally.print();
  reportEvent({type: 'end'});
  process.exitCode = tally.failed > 0 || (tally.passed === 0 && !options.list) ? 1 : 0;
}

/** Loads the backend once before the specs, so that a wrong engine or adapter stops the run at once. */
async function prepareBackend({tf, loadBackend}: CoreSuite): Promise<void> {
  if (backend === 'webgpu') {
    await registerStockWebGpu(tf, loadBackend);
  }
  const module = await loadBackend();
  if (!(await tf.setBackend(backend))) {
    throw new Error(`tf.setBackend('${backend}') failed; see the messages above`);
  }
  await tf.ready();
  if (backend === 'approx') {
    const info = (module['deviceInfo'] as () => DeviceInfo)();
    if (info.engine !== engine) {
      throw new Error(`Expected the ${engine} engine, but approx runs on ${info.engine}`);
    }
    if (engine === 'webgpu') {
      assertAdapter(info);
    }
  }
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find(name => name === value);
  if (found === undefined) {
    throw new Error(`${option} ${value}: expected one of ${allowed.join(', ')}`);
  }
  return found;
}
