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
import type {Base} from './base/base.js';
import {cpuBase} from './base/cpu/base.js';
import {webgpuBase} from './base/webgpu/base.js';
import {isSoftwareAdapter} from './device/adapter-description.js';
import {createCpuEngine} from './engines/cpu/engine.js';
import {threadsInUse} from './engines/cpu/wasm-instance.js';
import type {Engine, EngineName} from './engines/engine.js';
import {createHostBackend} from './engines/host.js';
import {createReferenceEngine} from './engines/reference/engine.js';
import type {AdapterDescription, ApproxWebGPUBackend} from './engines/webgpu/backend.js';
import {createWebGPUEngine} from './engines/webgpu/engine.js';
import {requestBackend} from './engines/webgpu/request-backend.js';
import {runSelfTest, type SelfTest} from './engines/webgpu/self-test.js';
import {AdapterError, ApproxError, ConfigurationError} from './errors.js';
import {noteDevice} from './policy/coverage.js';
import {trackGraphModels} from './policy/graph-models.js';
import {trackLayers} from './policy/layers.js';
import {assertEngine, requestedEngine, requestedReadTimeout, requestedThreads} from './flags.js';
import {installGradients} from './gradients.js';
import {BACKEND_NAME, installKernels} from './install.js';

/** Where products are being formed. */
export interface DeviceInfo {
  readonly engine: EngineName;
  /** For people: the adapter's description, or 'CPU' and how it computes. */
  readonly device: string;
  /** True when no GPU takes part. */
  readonly software: boolean;
  /** Only on webgpu. */
  readonly adapter?: AdapterDescription;
  /** Only on webgpu: which properties bit-equality rests on hold on this adapter. */
  readonly selfTest?: SelfTest;
}

/** The priority that `webgpu` had before it was registered here. */
let webgpuPriority: number | null = null;
/** Asks for what can change while an engine runs: the number of threads. */
let active: (() => DeviceInfo) | null = null;
let failure: unknown = null;

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
    webgpuPriority ??= 'webgpu' in registryFactory ? registryFactory.webgpu.priority : 0;
    if ('webgpu' in registryFactory) removeBackend('webgpu');
    registerBackend('webgpu', async () => (await sharedBackend(true)).retain(), webgpuPriority);
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
  failure = null;
  if (BACKEND_NAME in tfEngine().registryFactory) removeBackend(BACKEND_NAME);
  registerApprox();
  if (!(await setBackend(BACKEND_NAME))) throw failure ?? superseded();
  return deviceInfo();
}

function superseded(): ApproxError {
  return new ApproxError('setEngine: another call of setBackend came between. Call it again.');
}

let shared: ApproxWebGPUBackend | null = null;

async function sharedBackend(acceptSoftware: boolean): Promise<ApproxWebGPUBackend> {
  if (!shared?.isUsable) {
    const backend = await requestBackend(acceptSoftware);
    // The instance stays the current backend and throws; a new setBackend starts a new one.
    backend.onLost = () => forget(backend);
    shared = backend;
  }
  return shared;
}

function forget(backend: KernelBackend): void {
  const {registry} = tfEngine();
  for (const name of [BACKEND_NAME, 'webgpu']) {
    if (registry[name] === backend) delete registry[name];
  }
}

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
    failure = error;
    active = null;
    throw error;
  }
}

async function startEngine(requested: EngineName | 'auto'): Promise<KernelBackend> {
  if (requested === 'webgpu') return startWebGPU(true);
  if (requested === 'auto') {
    try {
      return await startWebGPU(false);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      console.log(`approx runs on the CPU. ${error.message.split('. ')[0]}.`);
    }
  }
  const backend = createHostBackend();
  if (requested === 'reference') {
    const info = {device: 'CPU (JavaScript)', software: true};
    start(cpuBase, createReferenceEngine(backend), () => info);
  } else {
    const engine = await createCpuEngine(backend, requestedThreads);
    start(cpuBase, engine, () => ({
      device: `CPU (WebAssembly, ${threadsText()})`,
      software: true,
    }));
  }
  return backend;
}

function threadsText(): string {
  const threads = threadsInUse(requestedThreads());
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

async function startWebGPU(acceptSoftware: boolean): Promise<KernelBackend> {
  requestedReadTimeout();
  const backend = await sharedBackend(acceptSoftware);
  const adapter = backend.adapterDescription;
  const software = isSoftwareAdapter(adapter);
  if (software && !acceptSoftware) {
    throw new AdapterError(`No WebGPU adapter: ${adapter.description} computes in software.`);
  }
  const engine = createWebGPUEngine(backend);
  const selfTest = await selfTestOf(backend, engine);
  const device = adapter.description || adapter.device || adapter.vendor || 'unnamed adapter';
  if (selfTest.failed.length > 0) {
    console.warn(
      `approx: on ${device} results may differ in bits from other engines: ` +
        selfTest.failed.join('; '),
    );
  }
  const info = {device, software, adapter, selfTest};
  start(webgpuBase, engine, () => info);
  return backend.retain();
}

/** An adapter is tested when it is first used; its answers do not change within a process. */
const selfTests = new Map<string, SelfTest>();

async function selfTestOf(backend: ApproxWebGPUBackend, engine: Engine): Promise<SelfTest> {
  const key = JSON.stringify(backend.adapterDescription);
  let selfTest = selfTests.get(key);
  if (!selfTest) selfTests.set(key, (selfTest = await runSelfTest(backend, engine)));
  return selfTest;
}

function start(base: Base, engine: Engine, info: () => Omit<DeviceInfo, 'engine'>): void {
  installKernels(base, engine);
  active = () => ({engine: engine.name, ...info()});
  noteDevice(() => {
    const {device, selfTest} = info();
    return `engine: ${engine.name} on ${device}${bitsClaim(selfTest)}`;
  });
}

function bitsClaim(selfTest?: SelfTest): string {
  if (!selfTest) return '';
  const {passed, failed} = selfTest;
  if (failed.length === 0) return `; all ${passed.length} properties of the self-test hold`;
  return `; not the bits of other engines, as the self-test found: ${failed.join('; ')}`;
}
