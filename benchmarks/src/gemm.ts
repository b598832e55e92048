// SPDX-License-Identifier: Apache-2.0
/** Square matrix products: the multiply-accumulate loop with as little around it as there can be. */
import * as tf from '@tensorflow/tfjs';
import {functionalModel, getMultiplier} from '@tfjs-approx/arithmetic';
import type {BenchmarkCase, Bits, Workload} from './benchmark-case.js';
import {randomValues} from './random.js';

const SAMPLES = 100;

/** (size x size) times (size x size). */
export function gemm(size: number): BenchmarkCase {
  return {
    ...product(size),
    group: 'gemm',
    name: `GEMM ${size}`,
    prepare: () => prepare(size, true),
  };
}

/** The square product that is nearest to so many multiply-accumulates. */
export function growth(macs: number): BenchmarkCase {
  const size = Math.round(Math.cbrt(macs));
  return {
    ...product(size),
    group: 'growth',
    name: `${macs.toExponential(0).replace('+', '')} MACs`,
    prepare: () => prepare(size, false),
  };
}

function product(size: number): Pick<BenchmarkCase, 'kind' | 'shape' | 'macs' | 'mostQueued'> {
  return {
    kind: 'gemm',
    shape: `${size}x${size} times ${size}x${size}`,
    macs: size ** 3,
    mostQueued: 64,
  };
}

function prepare(size: number, isChecked: boolean): Workload {
  const first = randomValues(size * size, 1);
  const second = randomValues(size * size, 2);
  const a = tf.tensor2d(first, [size, size]);
  const b = tf.tensor2d(second, [size, size]);
  const check = async (multiplier: string): Promise<Bits> => {
    const result = tf.matMul(a, b);
    const found = (await result.data()) as Float32Array;
    result.dispose();
    return compare(multiplier, size, first, second, found);
  };
  return {
    // Reading a corner waits for the product without copying all of it.
    run: () => tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1])),
    ...(isChecked ? {check} : {}),
    dispose: () => tf.dispose([a, b]),
  };
}

function compare(
  multiplier: string,
  size: number,
  first: Float32Array,
  second: Float32Array,
  found: Float32Array,
): Bits {
  const {exact} = getMultiplier(multiplier);
  const multiply = functionalModel(getMultiplier(multiplier));
  for (let sample = 0; sample <= SAMPLES; sample++) {
    // The last one is the last output; the others are strewn by a step prime to every size here.
    const i = sample === SAMPLES ? size * size - 1 : (sample * 104729) % (size * size);
    const row = Math.floor(i / size);
    const column = i % size;
    let sum = 0;
    let magnitudes = 0;
    // In a square product k is never split, so products are added in ascending k.
    for (let k = 0; k < size; k++) {
      const product = multiply(first[row * size + k], second[k * size + column]);
      sum = Math.fround(sum + product);
      magnitudes += Math.abs(product);
    }
    const same = exact
      ? Math.abs(found[i] - sum) <= magnitudes * (size + 2) * 2 ** -23
      : Object.is(found[i], sum);
    if (!same) return 'differ';
  }
  return exact ? 'close' : 'equal';
}
