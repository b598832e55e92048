// SPDX-License-Identifier: Apache-2.0
/**
 * TensorFlow.js backend `approx`: every multiply-accumulate of a network is done by a simulated
 * approximate multiplier. Importing this module registers the backend, its flags and, in Node,
 * `file://` model handlers; that is the package's only side effect.
 */
import {platform} from '#platform';
import {registerFlags} from './flags.js';
import {registerApprox} from './approx-backend.js';

export * from './errors.js';
export type {EngineName} from './engine-list.js';
export type {SelfTest} from './engines/webgpu/self-test.js';
export type {AdapterDescription} from './engines/webgpu/backend.js';
export {coverage, resetCoverage, type Coverage, type CoverageEntry} from './policy/coverage.js';
export {
  assignMultipliers,
  getAssignment,
  type AssignmentJson,
  type AssignmentSpec,
  type ModelLike,
} from './policy/assignment.js';
export type {Pass} from './policy/pass.js';
export {
  getMultipliers,
  setMultiplier,
  type MultiplierLike,
  type MultiplierSpec,
} from './policy/policy.js';
export {
  recordOperands,
  type RecordableModel,
  type RecordingData,
  type RecordingOptions,
} from './recording/record-operands.js';
export {deviceInfo, registerApprox, setEngine, type DeviceInfo} from './approx-backend.js';
export {warmUp, type WarmUpModel, type WarmUpOptions} from './warm-up.js';

registerFlags();
registerApprox();
platform.registerIoHandlers();
