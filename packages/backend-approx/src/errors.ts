// SPDX-License-Identifier: Apache-2.0
/**
 * Every error the backend raises on purpose. Each message names the op or setting, what was found,
 * what was expected, and the remedy; the class says which kind of problem it is.
 */

/** Base class: `catch (e) { if (e instanceof ApproxError) ... }`. */
export class ApproxError extends Error {
  override name = 'ApproxError';
}

/** A setting (multiplier, engine, flag, policy) has a value that cannot be used. */
export class ConfigurationError extends ApproxError {
  override name = 'ConfigurationError';
}

/** No usable WebGPU adapter or device. */
export class AdapterError extends ApproxError {
  override name = 'AdapterError';
}

/** The GPU device was lost; tensors on it are gone. */
export class DeviceLostError extends ApproxError {
  override name = 'DeviceLostError';
}

/** The driver rejected a shader or a command; results since then are not to be trusted. */
export class DeviceError extends ApproxError {
  override name = 'DeviceError';
}

/** A tensor, a dispatch or every tile is larger than the device allows. */
export class DeviceLimitError extends ApproxError {
  override name = 'DeviceLimitError';
}

/** A contraction has a part that the engine does not execute. */
export class UnsupportedContractionError extends ApproxError {
  override name = 'UnsupportedContractionError';
}

/** Values that exist only on the GPU were asked for synchronously where that is impossible. */
export class SynchronousReadError extends ApproxError {
  override name = 'SynchronousReadError';
}
