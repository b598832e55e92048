// SPDX-License-Identifier: Apache-2.0
// Tells the adapters on which tests run from each other, and refuses the wrong one.
//
// tools/test.ts runs the webgpu tests once per adapter and names it in APPROX_TEST_ADAPTER. Without this
// check a missing driver would turn them into tests of another adapter, or of nothing at all.
// Imports no tfjs: the conformance runner has its own copy inside its bundle.

import {reportEvent} from './results.js';

/** Kinds of adapter on which the tests are run. */
export type TestAdapter = 'swiftshader' | 'lavapipe' | 'hardware';

/** What `deviceInfo()` of the backend returns, as far as the tests look at it. */
export interface DeviceInfo {
  engine: string;
  device: string;
  software: boolean;
  adapter?: {
    vendor: string;
    architecture: string;
    description: string;
    isFallbackAdapter: boolean;
  };
}

/** Which kind an adapter is of; undefined for Dawn's null adapter, which computes nothing. */
export function adapterKind(adapter: NonNullable<DeviceInfo['adapter']>): TestAdapter | undefined {
  const text = `${adapter.vendor} ${adapter.architecture} ${adapter.description}`.toLowerCase();
  if (/\bnull\b/.test(text) || text.trim() === '') {
    return undefined;
  }
  if (text.includes('swiftshader')) {
    return 'swiftshader';
  }
  if (text.includes('llvmpipe') || text.includes('lavapipe')) {
    return 'lavapipe';
  }
  return adapter.isFallbackAdapter ? undefined : 'hardware';
}

let reported: string | undefined;

/**
 * Throws unless `info` describes the webgpu engine on the adapter that APPROX_TEST_ADAPTER names. When that
 * is unset (a test file run by hand), any adapter but the null adapter will do.
 */
export function assertAdapter(info: DeviceInfo): void {
  const expected = process.env['APPROX_TEST_ADAPTER'];
  if (info.engine !== 'webgpu') {
    throw new Error(
      `Expected the webgpu engine, but approx runs on ${info.engine} (${info.device}). ` +
        'Consider: APPROX_ENGINE=webgpu',
    );
  }
  if (info.adapter === undefined) {
    throw new Error(`The webgpu engine names no adapter (device: ${info.device})`);
  }
  const {vendor, architecture, description, isFallbackAdapter} = info.adapter;
  const text = `${description} (vendor ${vendor || '?'}, architecture ${architecture || '?'})`;
  const kind = adapterKind(info.adapter);
  if (kind === undefined || (expected !== undefined && kind !== expected)) {
    throw new Error(
      `Expected the ${expected ?? 'swiftshader, lavapipe or a hardware'} adapter, but got ` +
        `${kind ?? 'an adapter of no known kind'}: ${text}, isFallbackAdapter ${isFallbackAdapter}`,
    );
  }
  if (info.software !== (kind !== 'hardware')) {
    throw new Error(`deviceInfo().software is ${info.software} for the ${kind} adapter: ${text}`);
  }
  if (reported !== text) {
    reported = text;
    reportEvent({type: 'adapter', name: kind, description: text});
  }
}
