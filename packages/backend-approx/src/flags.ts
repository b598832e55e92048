// SPDX-License-Identifier: Apache-2.0
/**
 * The tfjs flags `APPROX_MULTIPLIER`, `APPROX_ENGINE` and `APPROX_THREADS`. They can be set with `tf.env().set`, in
 * the URL (`?tfjsflags=APPROX_ENGINE:cpu`), in the name of a worker (`name: location.search`) or, in Node,
 * by environment variables of the same names.
 */
import {env} from '@tensorflow/tfjs-core';
import {platform} from '#platform';
import {MOST_THREADS} from './engines/cpu/threads.js';
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
  env().registerFlag('APPROX_THREADS', threadsOfVariable, setThreads);
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

let threadsBefore: unknown;

/** tfjs has stored the value already: a wrong one is not to stay. */
function setThreads(value: unknown): void {
  const flags = env().getFlags();
  try {
    threadsBefore = assertThreads(value);
  } catch (error) {
    // Where none was set before, tfjs evaluates the flag anew.
    if (threadsBefore === undefined) delete flags['APPROX_THREADS'];
    else flags['APPROX_THREADS'] = threadsBefore as number;
    throw error;
  }
}

function threadsOfVariable(): number {
  const text = platform.variable('APPROX_THREADS');
  return text === undefined ? defaultThreads() : assertThreads(Number(text), text);
}

/** More are seldom worth it: what is done by one thread alone then dominates. */
const MOST_DEFAULT_THREADS = 16;

function defaultThreads(): number {
  return Math.min(MOST_DEFAULT_THREADS, platform.availableThreads());
}

/**
 * How many threads the cpu engine may use; always 1 where threads cannot share memory.
 *
 * @throws {ConfigurationError} the flag holds something else.
 */
export function requestedThreads(): number {
  return platform.availableThreads() === 1 ? 1 : assertThreads(env().get('APPROX_THREADS'));
}

/**
 * @param given what the message names: a text before it was read as a number.
 * @throws {ConfigurationError} `value` is no number of threads.
 */
function assertThreads(value: unknown, given = value): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_THREADS)
    return value as number;
  throw new ConfigurationError(
    `APPROX_THREADS is '${String(given)}'. Expected a whole number from 1 to ${MOST_THREADS}.`,
  );
}
