// SPDX-License-Identifier: Apache-2.0
/** What the doctor measures on the engine that is running: speed, and the bits of a product. */
import {createHash} from 'node:crypto';
import {dispose, matMul, slice, tensor2d, type Tensor2D} from '@tensorflow/tfjs-core';
import {setMultiplier} from '../index.js';

export interface Speed {
  readonly multiplier: string;
  /** n of the (n x n) x (n x n) matrix product. */
  readonly size: number;
  readonly gmacPerSecond: number;
}

const SMALLEST = 128;
const LARGEST = 2048;
/** A size is large enough when one product takes this long: fixed costs matter no more. */
const ENOUGH_MS = 25;
const MEASURED_MS = 120;
const MOST_REPETITIONS = 64;

/** Takes about half a second, once shaders are compiled. */
export async function measureSpeeds(): Promise<Speed[]> {
  return [await measureSpeed('mbm7'), await measureSpeed('fp32')];
}

async function measureSpeed(multiplier: string): Promise<Speed> {
  setMultiplier(multiplier);
  for (let size = SMALLEST; ; size *= 2) {
    const a = matrix(size, size, 1);
    const b = matrix(size, size, 2);
    await time(a, b, 1); // compiles
    const once = await time(a, b, 1);
    if (once < ENOUGH_MS && size < LARGEST) {
      dispose([a, b]);
      continue;
    }
    const repetitions = Math.min(MOST_REPETITIONS, Math.floor(MEASURED_MS / once));
    const milliseconds = repetitions > 1 ? await time(a, b, repetitions) : once;
    const products = Math.max(1, repetitions);
    dispose([a, b]);
    return {multiplier, size, gmacPerSecond: (size ** 3 * products) / milliseconds / 1e6};
  }
}

/** @returns Milliseconds until the last of some products is there. */
async function time(a: Tensor2D, b: Tensor2D, repetitions: number): Promise<number> {
  const start = performance.now();
  const products = Array.from({length: repetitions}, () => matMul(a, b));
  // Waits for the GPU without copying much.
  const corner = slice(products.at(-1)!, [0, 0], [1, 1]);
  await corner.data();
  const elapsed = performance.now() - start;
  dispose([...products, corner]);
  return elapsed;
}

/** The same on every engine that keeps the summation contract: SHA-256 of a product's bits. */
export async function productDigest(): Promise<string> {
  setMultiplier('mbm7');
  const a = matrix(65, 300, 3);
  const b = matrix(300, 70, 4);
  const product = matMul(a, b);
  const values = (await product.data()) as Float32Array;
  dispose([a, b, product]);
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

/** Repeatable values in [-1, 1): a linear congruential generator. */
function matrix(rows: number, columns: number, seed: number): Tensor2D {
  const values = new Float32Array(rows * columns);
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return tensor2d(values, [rows, columns]);
}
