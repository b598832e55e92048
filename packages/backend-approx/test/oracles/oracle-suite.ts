// SPDX-License-Identifier: Apache-2.0
/** The frame of a suite that compares one engine with the oracles. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setEngine, setMultiplier} from '#src/index.js';
import type {TestEngine} from '../engines.js';
import {FEW, dataOptions, type MultiplierName} from '../ops/multipliers.cases.js';
import type {FloatOptions} from '#src/testing/random.js';

/** A suite on an engine: starts it, and expects that no tensor is left over. */
export function describeOnEngine(
  what: string,
  {engine, ready}: TestEngine,
  tests: () => void,
): void {
  describe(`${what} on ${engine}`, function () {
    this.timeout(120_000);
    let tensors = 0;

    before(async () => {
      await setEngine(engine);
      ready?.();
      tensors = tf.memory().numTensors;
    });

    after(() => {
      setMultiplier('mbm7');
      expect(tf.memory().numTensors, 'tensors left over').to.equal(tensors);
    });

    tests();
  });
}

/**
 * The multipliers of one case: mbm7 and bf16, and one more. Under `few`, tables of one layout in
 * turn, and bf16, whose shaders are others, with every third case.
 */
export function multipliersOf(
  {few}: TestEngine,
  index: number,
  extra: MultiplierName,
): MultiplierName[] {
  if (!few) return [...new Set<MultiplierName>(['mbm7', 'bf16', extra])];
  const table = FEW[index % FEW.length];
  return index % 3 === 0 ? [table, 'bf16'] : [table];
}

/** Every other case has its exponents spread wide. */
export function dataOf(multiplier: MultiplierName, index: number): FloatOptions {
  return dataOptions(multiplier, index % 2 === 0 ? 'medium' : 'wide');
}
