// SPDX-License-Identifier: Apache-2.0
/** Who is measured: the stock backend, and `approx` with each multiplier on the same device. */
import * as tf from '@tensorflow/tfjs';
import {setMultiplier} from '@tfjs-approx/backend-approx';
import {getMultiplier} from '@tfjs-approx/lut-builder';

export interface Contender {
  /** For people and in files: `stock webgpu`, `mbm7`. */
  readonly name: string;
  readonly backend: string;
  /** Only on approx. */
  readonly multiplier?: string;
  /** How approx computes a product with it. */
  readonly evaluation?: string;
}

export const MULTIPLIERS: readonly string[] = ['fp32', 'bf16', 'mitchell7', 'mbm7'];

/** The stock backend comes first: the others are compared with it. */
export function contendersFor(stock: string, multipliers: readonly string[]): Contender[] {
  return [
    {name: `stock ${stock}`, backend: stock},
    ...multipliers.map(name => {
      const {evaluation} = getMultiplier(name);
      return {name, backend: 'approx', multiplier: name, evaluation};
    }),
  ];
}

/** Makes a contender the current backend. */
export async function select({name, backend, multiplier}: Contender): Promise<void> {
  if (multiplier !== undefined) setMultiplier(multiplier);
  if (!(await tf.setBackend(backend))) {
    throw new Error(`Error in benchmark: the backend of ${name} (${backend}) does not start.`);
  }
}
