// SPDX-License-Identifier: Apache-2.0
/**
 * The engines, in the order in which `auto` tries them. An engine is one entry: what it is called, the
 * base it stands on, whether it suits this machine, and how it is made.
 */
import type {KernelBackend} from '@tensorflow/tfjs-core';
import type {Base} from './base/base.js';
import {cpuBase} from './base/cpu/base.js';
import {webgpuBase} from './base/webgpu/base.js';
import {type AdapterDescription, isSoftwareAdapter} from './device/adapter-description.js';
import {createCpuEngine} from './engines/cpu/engine.js';
import {threadsInUse} from './engines/cpu/wasm-instance.js';
import type {Engine} from './engines/engine.js';
import {createHostBackend} from './engines/host.js';
import {createReferenceEngine} from './engines/reference/engine.js';
import {createWebGPUEngine} from './engines/webgpu/engine.js';
import {type SelfTest, selfTestOf} from './engines/webgpu/self-test.js';
import {sharedBackend} from './engines/webgpu/shared-backend.js';
import {AdapterError} from './errors.js';

export interface EngineSettings {
  /** Asked before every contraction. */
  readonly threads: () => number;
}

export interface EngineDescription {
  /** For people: the adapter's description, or 'CPU' and how it computes. */
  readonly device: string;
  /** True when no GPU takes part. */
  readonly software: boolean;
  /** Only on webgpu. */
  readonly adapter?: AdapterDescription;
  /** Only on webgpu: which properties bit-equality rests on hold on this adapter. */
  readonly selfTest?: SelfTest;
}

export interface StartedEngine {
  readonly backend: KernelBackend;
  readonly engine: Engine;
  /** Asked at every report: the number of threads can change. */
  describe(): EngineDescription;
}

export interface EngineFactory {
  /** Of `APPROX_ENGINE` and `setEngine`. */
  readonly name: string;
  readonly base: Base;
  /** Where it computes, for people. */
  readonly place: string;
  /**
   * Asked by `auto`, which never takes an engine without it.
   *
   * @throws {AdapterError} why it does not suit this machine.
   */
  readonly probe?: () => Promise<void>;
  /** @throws {AdapterError} it needs a device that is not there. */
  create(settings: EngineSettings): Promise<StartedEngine>;
}

const webgpu = {
  name: 'webgpu',
  base: webgpuBase,
  place: 'the GPU',
  async probe() {
    const {adapterDescription} = await sharedBackend(false);
    if (!isSoftwareAdapter(adapterDescription)) return;
    const {description} = adapterDescription;
    throw new AdapterError(`No WebGPU adapter: ${description} computes in software.`);
  },
  async create() {
    const backend = await sharedBackend(true);
    const adapter = backend.adapterDescription;
    const engine = createWebGPUEngine(backend);
    const selfTest = await selfTestOf(backend, engine);
    const device = adapter.description || adapter.device || adapter.vendor || 'unnamed adapter';
    if (selfTest.failed.length > 0) {
      console.warn(
        `approx: on ${device} results may differ in bits from other engines: ` +
          selfTest.failed.join('; '),
      );
    }
    const description = {device, software: isSoftwareAdapter(adapter), adapter, selfTest};
    return {backend: backend.retain(), engine, describe: () => description};
  },
} as const satisfies EngineFactory;

const cpu = {
  name: 'cpu',
  base: cpuBase,
  place: 'the CPU',
  // Node and every browser that runs tfjs have WebAssembly with vectors.
  probe: async () => {},
  async create({threads}) {
    const backend = createHostBackend();
    const engine = await createCpuEngine(backend, threads);
    const describe = () => {
      const inUse = threadsInUse(threads());
      const count = inUse === 1 ? '1 thread' : `${inUse} threads`;
      return {device: `CPU (WebAssembly, ${count})`, software: true};
    };
    return {backend, engine, describe};
  },
} as const satisfies EngineFactory;

const reference = {
  name: 'reference',
  base: cpuBase,
  place: 'the CPU',
  async create() {
    const backend = createHostBackend();
    const engine = createReferenceEngine(backend);
    return {backend, engine, describe: () => ({device: 'CPU (JavaScript)', software: true})};
  },
} as const satisfies EngineFactory;

const ALL = [webgpu, cpu, reference] as const;
export const ENGINES: readonly EngineFactory[] = ALL;
export type EngineName = (typeof ALL)[number]['name'];
export const ENGINE_NAMES: readonly EngineName[] = ALL.map(({name}) => name);
