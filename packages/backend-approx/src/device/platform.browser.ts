// SPDX-License-Identifier: Apache-2.0
/** Browsers and web workers. */
import type {Platform} from './platform.js';

/** A page's `?tfjsflags=` as tfjs reads it, `A:b,C:d`, in the name that the page gave to its worker. */
function flagsOfWorkerName(): Record<string, string> {
  // A page's own name is what window.open called it.
  const {name = ''} = 'WorkerGlobalScope' in globalThis ? (globalThis as {name?: string}) : {};
  const flags = new URLSearchParams(name.slice(name.indexOf('?') + 1)).get('tfjsflags') ?? '';
  return Object.fromEntries(flags.split(',').map(flag => flag.split(':') as [string, string]));
}

export const platform: Platform = {
  name: 'this browser',
  copiesImages: true,
  adapterHelp:
    'Use a browser with WebGPU (Chrome or Edge 113+, Safari 26+, Firefox 141+ on Windows), over ' +
    'https or localhost, with hardware acceleration switched on.',
  readHelp: 'A browser with OffscreenCanvas can.',
  async requestGpu() {
    const gpu = globalThis.navigator?.gpu;
    return gpu ? {gpu} : {missing: 'navigator.gpu is not there'};
  },
  variable: name => flagsOfWorkerName()[name],
  requestDevice: (adapter, descriptor) => adapter.requestDevice(descriptor),
  synchronousReads: () => (typeof OffscreenCanvas === 'undefined' ? 'none' : 'canvas'),
  // A page's events come only through its event loop.
  mapForReading: () => 'impossible',
  // A page's main thread may not wait, and pages that are not isolated have no shared memory.
  availableThreads: () =>
    globalThis.crossOriginIsolated && 'WorkerGlobalScope' in globalThis
      ? navigator.hardwareConcurrency
      : 1,
  startThread(source, data, onEnd) {
    const text = `onmessage = ({data}) => (${source})(data)`;
    const url = URL.createObjectURL(new Blob([text], {type: 'text/javascript'}));
    const thread = new Worker(url);
    const stop = () => {
      thread.onerror = null;
      thread.terminate();
      URL.revokeObjectURL(url);
    };
    thread.onerror = event => {
      event.preventDefault();
      stop();
      onEnd(event.message || 'its script could not be loaded');
    };
    thread.postMessage(data);
    return {stop};
  },
  async graphModelClass() {
    // The global of tf.min.js. In a bundle it is found when a model is given to assignMultipliers.
    const {tf} = globalThis as {tf?: {GraphModel?: {prototype: object}}};
    return tf?.GraphModel ?? null;
  },
  registerIoHandlers() {},
};
