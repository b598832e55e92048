// SPDX-License-Identifier: Apache-2.0
/**
 * The tfjs flags `APPROX_MULTIPLIER` and `APPROX_ENGINE`. They can be set with `tf.env().set`, in
 * the URL (`?tfjsflags=APPROX_ENGINE:cpu`) or, in Node, by environment variables of the same names.
 */
import {env} from '@tensorflow/tfjs-core';
import {platform} from '#platform';
import {ENGINE_NAMES, type EngineName} from './engines/engine.js';
import {ConfigurationError} from './errors.js';
import {setMultiplier} from './policy/policy.js';

export const DEFAULT_MULTIPLIER = 'mbm7';

export function registerFlags(): void {
  env().registerFlag(
    'APPROX_MULTIPLIER',
    () => platform.variable('APPROX_MULTIPLIER') ?? DEFAULT_MULTIPLIER,
    value => setMultiplier(value as string),
  );
  env().registerFlag('APPROX_ENGINE', () => platform.variable('APPROX_ENGINE') ?? 'auto');
}

/** @throws {ConfigurationError} the flag holds another word. */
export function requestedEngine(): EngineName | 'auto' {
  const value: unknown = env().get('APPROX_ENGINE');
  assertEngine(value);
  return value;
}

/** @throws {ConfigurationError} `value` names no engine. */
export function assertEngine(value: unknown): asserts value is EngineName | 'auto' {
  if (value === 'auto' || (ENGINE_NAMES as readonly unknown[]).includes(value)) return;
  throw new ConfigurationError(
    `APPROX_ENGINE is '${String(value)}'. Expected one of auto, ${ENGINE_NAMES.join(', ')}.`,
  );
}
