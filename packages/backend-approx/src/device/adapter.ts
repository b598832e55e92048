// SPDX-License-Identifier: Apache-2.0
/**
 * Finding a WebGPU adapter and device. tfjs's own factory dereferences a missing adapter and asks
 * for too few limits, so the device is requested here.
 */
import {env} from '@tensorflow/tfjs-core';
import {platform} from '#platform';
import {AdapterError} from '../errors.js';
import {isSoftwareAdapter} from './adapter-description.js';

export interface RequestedDevice {
  readonly device: GPUDevice;
  /** Of the adapter it is of. */
  readonly info: GPUAdapterInfo;
}

/** Requested at the adapter's maximum; the rest stay at WebGPU's defaults. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;

/** Used where the adapter has them: GPU times, and tiles that share operands between lanes. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups'];

/** Kept for good, as Dawn's objects must not be collected while the device is in use. */
const kept: unknown[] = [];

/**
 * @param acceptSoftware whether an adapter without a GPU behind it will do.
 * @throws {AdapterError} no usable adapter; the message says why and how to get one.
 */
export async function requestDevice(acceptSoftware: boolean): Promise<RequestedDevice> {
  const found = await platform.requestGpu(acceptSoftware);
  if ('missing' in found) throw noAdapter(found.missing);
  const adapter = await found.gpu.requestAdapter({
    powerPreference: env().getBool('WEBGPU_USE_LOW_POWER_GPU') ? 'low-power' : 'high-performance',
  });
  if (!adapter) throw noAdapter('WebGPU is there, but it offers no adapter');
  const {info} = adapter;
  // Dawn's null driver computes nothing, and would give plausible-looking zeros.
  if (/\bnull\b/i.test(`${info.description} ${info.device} ${info.architecture}`)) {
    throw noAdapter(`the only adapter is a null driver ('${info.description}')`);
  }
  if (isSoftwareAdapter(copyInfo(info)) && !acceptSoftware) {
    throw noAdapter(`the only adapter computes in software ('${info.description || info.device}')`);
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of RAISED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
  const requiredFeatures = OPTIONAL_FEATURES.filter(feature => adapter.features.has(feature));
  let device: GPUDevice;
  try {
    device = await platform.requestDevice(adapter, {
      label: 'tfjs-approx',
      requiredLimits,
      requiredFeatures,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw noAdapter(
      `the driver of '${info.description || info.device}' refused a device (${reason})`,
    );
  }
  kept.push(adapter, device);
  return {device, info};
}

function copyInfo({isFallbackAdapter, description, architecture, device}: GPUAdapterInfo) {
  return {isFallbackAdapter: isFallbackAdapter === true, description, architecture, device};
}

function noAdapter(reason: string): AdapterError {
  return new AdapterError(
    `No WebGPU adapter: ${reason}. ${platform.adapterHelp} Or set APPROX_ENGINE=cpu (or auto).`,
  );
}
