// SPDX-License-Identifier: Apache-2.0
// The stock `webgpu` backend in Node, as a yardstick for the conformance runs.

import type * as tfjs from '@tensorflow/tfjs-core';
import {create, globals} from 'webgpu';
import {assertAdapter} from '#src/testing/assert-adapter.js';

/** Objects that Node must not collect: Dawn crashes when it finalises them in the wrong order. */
const kept: unknown[] = [];

/**
 * Registers `webgpu` on Dawn. One device serves all instances: tfjs-core's specs make a new instance of the
 * backend for each describe, and the stock factory would request a device each time.
 */
export async function registerStockWebGpu(
  tf: typeof tfjs,
  loadBackend: () => Promise<Record<string, unknown>>,
): Promise<void> {
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, 'navigator', {
    value: {gpu, userAgent: 'node'},
    configurable: true,
  });
  const adapter = await gpu.requestAdapter({powerPreference: 'high-performance'});
  if (adapter === null) {
    throw new Error(
      'WebGPU: requestAdapter() found no adapter. Consider: installing a Vulkan driver',
    );
  }
  const {info, limits} = adapter;
  assertAdapter({
    engine: 'webgpu',
    device: info.description,
    software: info.isFallbackAdapter,
    adapter: info,
  });
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  kept.push(gpu, adapter, device);
  const {WebGPUBackend} = await loadBackend();
  const Backend = WebGPUBackend as new (
    device: GPUDevice,
    info: GPUAdapterInfo,
  ) => tfjs.KernelBackend;
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new Backend(device, info));
}
