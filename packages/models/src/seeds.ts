// SPDX-License-Identifier: Apache-2.0
/** One model seed becomes a distinct, non-zero initialiser seed for every layer. */
import {hash32} from './random.js';

/**
 * The seed of a layer's initialiser.
 *
 * tfjs ignores the seed 0 in its normal initialisers (they test `seed ? seed : Math.random()`), and
 * layers that share a seed start with correlated weights, so the model's seed is hashed with the
 * layer's position into 1 .. 2^31 - 1.
 *
 * @param seed the model's seed, any integer; `undefined` leaves the layer unseeded.
 * @param layer the layer's position among the layers with weights, from 0.
 */
export function layerSeed(seed: number | undefined, layer: number): number | undefined {
  if (seed === undefined) return undefined;
  if (!Number.isInteger(seed)) {
    throw new RangeError(`Error in model options: seed must be an integer, but got ${seed}.`);
  }
  return (hash32(seed, layer) % 0x7fffffff) + 1;
}
