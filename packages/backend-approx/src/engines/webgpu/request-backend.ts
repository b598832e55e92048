// SPDX-License-Identifier: Apache-2.0
import {requestDevice} from '../../device/adapter.js';
import {ApproxWebGPUBackend} from './backend.js';
import {tilesOfClass} from './device-traits.js';
import {checkLanes} from './lanes.js';

/**
 * The WebGPU base on a device of its own.
 *
 * @param acceptSoftware whether an adapter without a GPU behind it will do.
 * @throws {AdapterError} no usable adapter; the message says why and how to get one.
 */
export async function requestBackend(acceptSoftware: boolean): Promise<ApproxWebGPUBackend> {
  const {device, info} = await requestDevice(acceptSoftware);
  const backend = new ApproxWebGPUBackend(device, info);
  await checkLanes(backend, tilesOfClass(backend.traits.deviceClass));
  return backend;
}
