// SPDX-License-Identifier: Apache-2.0
/**
 * Tries the webgpu engine and prints what it found as one line of JSON, the last one on stdout. The
 * doctor runs it as a process of its own: a broken driver can end the process that loads it.
 */
import {writeSync} from 'node:fs';
import {backend} from '@tensorflow/tfjs-core';
import type {ApproxWebGPUBackend} from '../engines/webgpu/backend.js';
import {setEngine, type DeviceInfo} from '../index.js';
import {measureSpeeds, productDigest, type Speed} from './measure.js';

/** The limits that decide how large tensors and workgroups may be. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBuffersPerShaderStage',
] as const;

export interface WebGpuFindings {
  readonly info: DeviceInfo;
  readonly limits: Readonly<Record<(typeof LIMITS)[number], number>>;
  readonly features: readonly string[];
  readonly digest: string;
  readonly speeds: readonly Speed[];
}

export type WebGpuAnswer = WebGpuFindings | {readonly error: string};

// tfjs logs failures too, which are in the answer: stderr is left to drivers.
console.log = console.info = console.warn = console.error = () => {};

async function probe(): Promise<WebGpuAnswer> {
  const info = await setEngine('webgpu');
  const {device} = backend() as ApproxWebGPUBackend;
  const limits = Object.fromEntries(LIMITS.map(name => [name, device.limits[name]]));
  return {
    info,
    limits: limits as WebGpuFindings['limits'],
    features: [...device.features].sort(),
    digest: await productDigest(),
    speeds: await measureSpeeds(),
  };
}

const answer = await probe().catch((error: unknown) => ({
  error: error instanceof Error ? error.message : String(error),
}));
writeSync(1, `\n${JSON.stringify(answer)}\n`);
// Dawn need not be taken down in the right order.
process.exit(0);
