// SPDX-License-Identifier: Apache-2.0
/** The one WebGPU base of a process, which the names `webgpu` and `approx` share, so that tensors move freely. */
import type {ApproxWebGPUBackend} from './backend.js';
import {requestBackend} from './request-backend.js';

let shared: ApproxWebGPUBackend | null = null;
let forget: (backend: ApproxWebGPUBackend) => void = () => {};

/** @param listener told of a backend whose device is lost. */
export function onSharedBackendLost(listener: (backend: ApproxWebGPUBackend) => void): void {
  forget = listener;
}

/**
 * @param acceptSoftware whether a new one may stand on an adapter without a GPU behind it.
 * @throws {AdapterError} no usable adapter.
 */
export async function sharedBackend(acceptSoftware: boolean): Promise<ApproxWebGPUBackend> {
  if (!shared?.isUsable) {
    const backend = await requestBackend(acceptSoftware);
    // The instance stays the current backend and throws; a new setBackend starts a new one.
    backend.onLost = () => forget(backend);
    shared = backend;
  }
  return shared;
}
