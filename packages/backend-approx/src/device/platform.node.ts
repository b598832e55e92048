// SPDX-License-Identifier: Apache-2.0
/** Node: WebGPU comes from the optional npm package `webgpu` (Dawn), files from node:fs. */
import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import {registerFileHandlers} from '../io/file-handlers.node.js';
import {DawnEvents, mapForReading} from './dawn-events.js';
import {mayHaveGpu} from './gpu-device.node.js';
import type {Platform} from './platform.js';

/** Dawn rounds GPU times to 0.1 ms, against snooping pages; the times of small kernels would be 0. */
const DAWN_OPTIONS = ['disable-dawn-features=timestamp_quantization'];

/**
 * Dawn's objects crash the process when they are garbage-collected while the device lives, so the
 * entry point is kept for good.
 */
let kept: GPU | null = null;

const events = new DawnEvents();

export const platform: Platform = {
  name: 'Node',
  copiesImages: false,
  adapterHelp:
    'Install a Vulkan driver for the GPU (Linux), or up-to-date graphics drivers (Windows, ' +
    'macOS). On Linux without a GPU, a software driver such as mesa-vulkan-drivers (lavapipe, ' +
    'Mesa 23 or later) works too.',
  readHelp:
    "With the version of the npm package 'webgpu' that @tfjs-approx/backend-approx depends on, and a " +
    'global setImmediate that can be replaced, it can.',
  async requestGpu(acceptSoftware) {
    if (kept) return {gpu: kept};
    // Dawn takes time to load, and writes warnings of software adapters to stderr by itself.
    if (!acceptSoftware && !mayHaveGpu()) return {missing: 'this machine has no GPU device'};
    let dawn;
    try {
      dawn = await import('webgpu');
      kept = dawn.create(DAWN_OPTIONS);
    } catch (error) {
      return {missing: `the npm package 'webgpu' could not be loaded (${firstLine(error)})`};
    }
    // tfjs's WebGPU backend looks for the browser's globals.
    Object.assign(globalThis, dawn.globals);
    if (typeof navigator === 'undefined') {
      Object.defineProperty(globalThis, 'navigator', {value: {gpu: kept}, configurable: true});
    } else {
      Object.defineProperty(navigator, 'gpu', {value: kept, configurable: true});
    }
    return {gpu: kept};
  },
  variable: name => process.env[name],
  requestDevice: (adapter, descriptor) => events.during(() => adapter.requestDevice(descriptor)),
  synchronousReads: () => (events.canBeHandled ? 'map' : 'none'),
  mapForReading: (buffer, limitMs) => mapForReading(events, buffer, limitMs),
  availableThreads: availableParallelism,
  startThread(source, data, onEnd) {
    const thread = new Worker(`(${source})(require('node:worker_threads').workerData)`, {
      eval: true,
      workerData: data,
      // What --import loads into this process, the backend perhaps, is not for its threads.
      execArgv: [],
      env: {},
    });
    thread.unref();
    let hasEnded = false;
    const end = (reason: string) => {
      if (!hasEnded) onEnd(reason);
      hasEnded = true;
    };
    thread.on('error', error => end(String(error)));
    thread.on('exit', code => end(`exit code ${code}`));
    return {
      stop() {
        hasEnded = true;
        void thread.terminate();
      },
    };
  },
  async graphModelClass() {
    try {
      return (await import('@tensorflow/tfjs-converter')).GraphModel;
    } catch {
      // A program without the union package may not have it, and no graph models then.
      return null;
    }
  },
  registerIoHandlers: registerFileHandlers,
};

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0];
}
