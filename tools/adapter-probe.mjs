// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Prints, as JSON, the WebGPU adapter that Dawn chooses in this process, or null. Run in a child by
// probe-adapter.ts, since drivers are chosen by the environment and a broken one may end the process.

import {create} from 'webgpu';

const gpu = create([]);
const adapter = await gpu.requestAdapter({powerPreference: 'high-performance'});
// Dawn crashes when these are collected in the wrong order.
Object.assign(globalThis, {kept: [gpu, adapter]});

/** @type {import('./probe-adapter.ts').AdapterInfo | null} */
const found = adapter && {
  vendor: adapter.info.vendor,
  architecture: adapter.info.architecture,
  device: adapter.info.device,
  description: adapter.info.description,
  isFallbackAdapter: adapter.info.isFallbackAdapter,
};
// A device tells more than an adapter: a driver may be listed and still not work.
await adapter?.requestDevice().then(device => Object.assign(globalThis, {device}));
console.log(JSON.stringify(found));
