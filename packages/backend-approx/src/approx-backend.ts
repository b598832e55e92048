// SPDX-License-Identifier: Apache-2.0
/**
 * Registers the backend `approx`, chooses its engine, and says which one it is.
 *
 * `approx` stands on one of two stock bases: tfjs's WebGPU backend (one instance serves `webgpu`
 * and `approx`) or its CPU backend.
 */
import {
  engine as tfEngine,
  registerBackend,
  removeBackend,
  setBackend,
  env,
  type KernelBackend,
} from '@tensorflow/tfjs-core';
import {platform} from '#platform';
import {
  ENGINES,
  type EngineDescription,
  type EngineFactory,
  type EngineName,
} from './engine-list.js';
import {onSharedBackendLost, sharedBackend} from './engines/webgpu/shared-backend.js';
import {AdapterError, ApproxError, ConfigurationError} from './errors.js';
import {noteDevice} from './policy/coverage.js';
import {trackGraphModels} from './policy/graph-models.js';
import {trackLayers} from './policy/active-layer.js';
import {assertEngine, requestedEngine, requestedReadTimeout, requestedThreads} from './flags.js';
import {installGradients} from './gradients.js';
import {BACKEND_NAME, installKernels} from './install-kernels.js';
import {session} from './session.js';

/** Where products are being formed. */
export interface DeviceInfo extends EngineDescription {
  readonly engine: EngineName;
}

/** Asks for what can change while an engine runs: the number of threads. */
let active: (() => DeviceInfo) | null = null;

/** @throws {ConfigurationError} before `tf.setBackend('approx')` has succeeded. */
export function deviceInfo(): DeviceInfo {
  if (active) return active();
  throw new ConfigurationError(
    `deviceInfo: no engine is running yet. Call await tf.setBackend('${BACKEND_NAME}') first.`,
  );
}

/**
 * Registers `approx`, and makes `webgpu` share its device. Done by importing the package; needed
 * again only after `tf.removeBackend('approx')`. Idempotent.
 */
export function registerApprox(): void {
  const {registry, registryFactory} = tfEngine();
  // tfjs's own factory would make a second device, and tensors could not move between the two.
  if (!('webgpu' in registry)) {
    // tfjs registers its own with priority 3 where it sees a GPU; a page keeps its order of choice.
    session.webgpuPriority ??= 'webgpu' in registryFactory ? registryFactory.webgpu.priority : 0;
    if ('webgpu' in registryFactory) removeBackend('webgpu');
    registerBackend(
      'webgpu',
      async () => (await sharedBackend(true)).retain(),
      session.webgpuPriority,
    );
  }
  // Priority 0: approx is never picked by itself.
  if (!(BACKEND_NAME in registryFactory)) registerBackend(BACKEND_NAME, createBackend, 0);
}

/**
 * Switches `approx` to another engine and makes it the current backend. Tensors on the former
 * engine are disposed of with it.
 *
 * @throws {ConfigurationError} there is no such engine, or a flag has a value that cannot be used.
 * @throws {AdapterError} `webgpu` was asked for and there is no adapter.
 */
export async function setEngine(engine: EngineName | 'auto'): Promise<DeviceInfo> {
  // Before anything is disposed of, and before tfjs, which logs a factory's error with its stack.
  assertEngine(engine);
  requestedThreads();
  requestedReadTimeout();
  env().set('APPROX_ENGINE', engine);
  active = null;
  session.failure = null;
  if (BACKEND_NAME in tfEngine().registryFactory) removeBackend(BACKEND_NAME);
  registerApprox();
  if (!(await setBackend(BACKEND_NAME))) throw session.failure ?? superseded();
  return deviceInfo();
}

function superseded(): ApproxError {
  return new ApproxError('setEngine: another call of setBackend came between. Call it again.');
}

onSharedBackendLost(backend => {
  const {registry} = tfEngine();
  for (const name of [BACKEND_NAME, 'webgpu']) {
    if (registry[name] === backend) delete registry[name];
  }
});

async function createBackend(): Promise<KernelBackend> {
  try {
    const backend = await startEngine(requestedEngine());
    installGradients(() => tfEngine().backendName === BACKEND_NAME);
    trackLayers();
    const graphModel = await platform.graphModelClass();
    if (graphModel) trackGraphModels(graphModel);
    return backend;
  } catch (error) {
    // tfjs logs the error and lets setBackend resolve to false; setEngine throws it.
    session.failure = error;
    active = null;
    throw error;
  }
}

async function startEngine(requested: EngineName | 'auto'): Promise<KernelBackend> {
  requestedReadTimeout();
  const factory =
    requested === 'auto'
      ? await firstThatSuits()
      : ENGINES.find(candidate => candidate.name === requested)!;
  const {backend, engine, describe} = await factory.create({threads: requestedThreads});
  installKernels(factory.base, engine);
  const name = factory.name as EngineName;
  active = () => ({engine: name, ...describe()});
  noteDevice(() => {
    const {device, selfTest} = describe();
    return `engine: ${name} on ${device}${bitsClaim(selfTest)}`;
  });
  return backend;
}

/** Says why, where it is not the first one. */
async function firstThatSuits(): Promise<EngineFactory> {
  const reasons: string[] = [];
  for (const factory of ENGINES) {
    if (!factory.probe) continue;
    try {
      await factory.probe();
      if (reasons.length > 0) console.log(`approx runs on ${factory.place}. ${reasons.join(' ')}`);
      return factory;
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      reasons.push(`${error.message.split('. ')[0]}.`);
    }
  }
  throw new AdapterError(`No engine suits this machine. ${reasons.join(' ')}`);
}

function bitsClaim(selfTest: EngineDescription['selfTest']): string {
  if (!selfTest) return '';
  const {passed, failed} = selfTest;
  if (failed.length === 0) return `; all ${passed.length} properties of the self-test hold`;
  return `; not the bits of other engines, as the self-test found: ${failed.join('; ')}`;
}
