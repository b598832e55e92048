// SPDX-License-Identifier: Apache-2.0
/**
 * The tfjs flags `APPROX_MULTIPLIER`, `APPROX_ENGINE`, `APPROX_THREADS` and `APPROX_READ_TIMEOUT`. They can be
 * set with `tf.env().set`, in the URL (`?tfjsflags=APPROX_ENGINE:cpu`), in the name of a worker
 * (`name: location.search`) or, in Node, by environment variables of the same names.
 */
import {env} from '@tensorflow/tfjs-core';
import {platform} from '#platform';
import {MOST_THREADS} from './engines/cpu/threads.js';
import {ENGINE_NAMES, type EngineName} from './engine-list.js';
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
  env().registerFlag(
    'APPROX_THREADS',
    threadsOfVariable,
    keepingValid('APPROX_THREADS', assertThreads),
  );
  env().registerFlag(
    'APPROX_READ_TIMEOUT',
    readTimeoutOfVariable,
    keepingValid('APPROX_READ_TIMEOUT', assertReadTimeout),
  );
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

/** A hook for `registerFlag`. tfjs has stored the value before it calls it: a wrong one is not to stay. */
function keepingValid(
  flag: string,
  assertValid: (value: unknown) => number,
): (value: unknown) => void {
  let before: number | undefined;
  return value => {
    const flags = env().getFlags();
    try {
      before = assertValid(value);
    } catch (error) {
      // Where none was set before, tfjs evaluates the flag anew.
      if (before === undefined) delete flags[flag];
      else flags[flag] = before;
      throw error;
    }
  };
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

/** In software, what a script queued before its first read may take minutes. */
const DEFAULT_READ_TIMEOUT = 600;

function readTimeoutOfVariable(): number {
  const text = platform.variable('APPROX_READ_TIMEOUT');
  return text === undefined ? DEFAULT_READ_TIMEOUT : assertReadTimeout(Number(text), text);
}

/**
 * How many seconds a synchronous read waits for the GPU.
 *
 * @throws {ConfigurationError} the flag holds something else.
 */
export function requestedReadTimeout(): number {
  return assertReadTimeout(env().get('APPROX_READ_TIMEOUT'));
}

function assertReadTimeout(value: unknown, given = value): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new ConfigurationError(
    `APPROX_READ_TIMEOUT is '${String(given)}'. Expected a number of seconds above 0.`,
  );
}
