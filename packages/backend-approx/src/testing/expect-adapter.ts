// SPDX-License-Identifier: Apache-2.0
// What every webgpu test asserts: approx runs on the webgpu engine, on the adapter it was started for.

import {getBackend} from '@tensorflow/tfjs-core';
import {deviceInfo} from '../index.js';
import {assertAdapter} from './assert-adapter.js';

/**
 * Throws unless `approx` is the current backend, its engine is webgpu and its adapter is the one that
 * APPROX_TEST_ADAPTER names. Call it when the backend is ready.
 */
export function expectAdapter(): void {
  if (getBackend() !== 'approx') {
    throw new Error(`Expected the backend approx, but the current one is ${getBackend()}`);
  }
  assertAdapter(deviceInfo());
}
