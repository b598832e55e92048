// SPDX-License-Identifier: Apache-2.0
/** On what is measured: device, driver, machine, versions and commit, as they stand in the results. */
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {arch, cpus, platform, release, totalmem} from 'node:os';
import * as tf from '@tensorflow/tfjs';
import {
  deviceInfo,
  type AdapterDescription,
  type DeviceInfo,
  type SelfTest,
} from '@tfjs-approx/backend-approx';
import type {DeviceKind} from './cases.js';

export interface DeviceReport {
  readonly kind: DeviceKind;
  readonly engine: string;
  /** The stock backend on the same device. */
  readonly stock: string;
  /** For people, and in file names. */
  readonly name: string;
  /** What the driver calls itself; null on the cpu engine. */
  readonly driver: string | null;
  readonly adapter: AdapterDescription | null;
  readonly selfTest: SelfTest | null;
  readonly features: readonly string[];
}

export interface Provenance {
  readonly date: string;
  /** With `+` where the tree had uncommitted changes; null where it cannot be told. */
  readonly commit: string | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: {
    readonly system: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
  };
}

/** `approx` must be the current backend. */
export function describeDevice(): DeviceReport {
  const info = deviceInfo();
  const {engine, adapter, selfTest} = info;
  const isGpu = engine === 'webgpu';
  const {device} = tf.backend() as unknown as {device?: GPUDevice};
  return {
    kind: kindOf(info),
    engine,
    stock: isGpu ? 'webgpu' : 'cpu',
    name: isGpu ? adapter?.device || info.device : `${processorName()} (${engine} engine)`,
    driver: isGpu ? driverOf(info) : null,
    adapter: adapter ?? null,
    selfTest: selfTest ?? null,
    features: device ? [...device.features].sort() : [],
  };
}

function kindOf({engine, software, adapter}: DeviceInfo): DeviceKind {
  if (engine !== 'webgpu') return 'cpu';
  if (!software) return 'gpu';
  const text = `${adapter?.architecture} ${adapter?.description}`;
  return /swiftshader/i.test(text) ? 'swiftshader' : 'lavapipe';
}

/** The kernel module tells NVIDIA's full version, which adapter descriptions may lack. */
function driverOf({adapter, device}: DeviceInfo): string {
  const description = adapter?.description || device;
  const file = '/proc/driver/nvidia/version';
  if (adapter?.vendor !== 'nvidia' || !existsSync(file)) return description;
  const version = /Kernel Module(?: for \S+)?\s+(\d[\d.]*)/.exec(readFileSync(file, 'utf8'))?.[1];
  return version && !description.includes(version) ? `${description} (${version})` : description;
}

/** What the GPU pack knows of its making; absent in the repository, where it can be asked. */
interface PackRecord {
  readonly commit: string | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** @param packFile the GPU pack's record of its own origin. */
export function describeProvenance(packFile?: string): Provenance {
  const {commit, versions} = packFile
    ? (JSON.parse(readFileSync(packFile, 'utf8')) as PackRecord)
    : {commit: currentCommit(), versions: installedVersions()};
  return {
    date: new Date().toISOString(),
    commit,
    versions: {...versions, node: process.versions.node},
    machine: {
      system: `${platform()} ${release()} ${arch()}`,
      processor: processorName(),
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
  };
}

/** Dependencies whose version may change a time. */
export function installedVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const version = (name: string): string => {
    try {
      return (require(`${name}/package.json`) as {version: string}).version;
    } catch {
      return 'not installed';
    }
  };
  return {
    '@tfjs-approx/backend-approx': version('@tfjs-approx/backend-approx'),
    '@tensorflow/tfjs': version('@tensorflow/tfjs'),
    '@tensorflow/tfjs-backend-wasm': version('@tensorflow/tfjs-backend-wasm'),
    webgpu: version('webgpu'),
  };
}

export function currentCommit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '');
  } catch {
    return null;
  }
}

function processorName(): string {
  return cpus()[0]?.model.trim() || 'unknown processor';
}
