// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a compiled model to tabulate it, in a worker that is terminated at the time limit. The
 * module has no more memory than it was linked with and no way out of it (`wasi.ts`).
 */
import {Worker} from 'node:worker_threads';
import {
  type CounterExample,
  type ErrorFacts,
  type LutOptions,
  type MantissaLut,
  MultiplierError,
  RepresentabilityError,
} from '@tfjs-approx/arithmetic';
import {ask} from '../resident-worker.js';
import {answerOf} from '../answer.js';
import type {CompileLimits} from './compiler.js';

export interface Task {
  readonly wasm: Uint8Array;
  /** Of the source, for messages. */
  readonly file: string;
  /** Of `Sources`. A function that is not named is looked for in the first. */
  readonly units: readonly string[];
  readonly functionName?: string;
  /** The module exports the address of the function that was named. */
  readonly hasAddress: boolean;
  /** m may be told by the function. */
  readonly lut: Partial<LutOptions> & Pick<LutOptions, 'name'>;
  /** Of a significand multiplier. */
  readonly operandBits?: number;
  readonly signed?: boolean;
  /** Percent. */
  readonly maxMred?: number;
  /** MiB. */
  readonly memory: number;
}

/** Errors cross the thread as their facts: a copied error has lost its class. */
export type Result =
  | {readonly lut: MantissaLut}
  | {readonly multiplier: {readonly op: string; readonly facts: ErrorFacts}}
  | {
      readonly representability: {
        readonly model: string;
        readonly property: string;
        readonly counterexample: CounterExample;
        readonly remedy: string;
      };
    };

const MAX_HEAP_MIB = 512;

/**
 * @throws {MultiplierError} if there is no such function, its signature is none of a multiplier,
 *     or it does not answer for every pair of operands within the limits.
 * @throws {RepresentabilityError} if no mantissa LUT can stand for it.
 */
export async function tabulate(task: Task, limits: CompileLimits): Promise<MantissaLut> {
  const worker = new Worker(new URL('./sandbox-worker.js', import.meta.url), {
    resourceLimits: {maxOldGenerationSizeMb: MAX_HEAP_MIB},
  });
  try {
    const what = `running the model of "${task.file}"`;
    const reply = await ask<Result>(worker, task, limits.time);
    const result = answerOf(reply, what, limits.time);
    if ('lut' in result) return Object.freeze(result.lut);
    if ('multiplier' in result) {
      throw new MultiplierError(result.multiplier.op, result.multiplier.facts);
    }
    const {model, property, counterexample, remedy} = result.representability;
    throw new RepresentabilityError(model, property, counterexample, remedy);
  } finally {
    void worker.terminate();
  }
}
