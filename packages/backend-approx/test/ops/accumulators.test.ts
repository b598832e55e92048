// SPDX-License-Identifier: Apache-2.0
/** A second accumulator, which testing/ascending-accumulator.ts alone brings: its sums on an engine. */
import * as tf from '@tensorflow/tfjs';
import {functionalModel, getMultiplier, macUnit} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {
  assignMultipliers,
  coverage,
  getAssignment,
  resetCoverage,
  setEngine,
  setMultiplier,
} from '#src/index.js';
import {ascendingAccumulator} from '#src/testing/ascending-accumulator.js';
import {expectSameBits} from '#src/testing/compare.js';
import {MEDIUM, randomFloats} from '#src/testing/random.js';
import {enginesHere, type TestEngine} from '../engines.js';

/** Few outputs and a long k: float32's own plan cuts it into blocks. */
const [M, K, N] = [3, 3001, 4];

/** Sums from the definition, written out: no contraction, view or plan of the backend takes part. */
function ascendingSums(name: string, a: Float32Array, b: Float32Array): Float32Array {
  const multiply = functionalModel(getMultiplier(name));
  return Float32Array.from({length: M * N}, (_, output) => {
    const row = Math.floor(output / N);
    let sum = 0;
    for (let k = 0; k < K; k++) {
      sum = Math.fround(sum + multiply(a[row * K + k], b[k * N + (output % N)]));
    }
    return sum;
  });
}

function describeAccumulators({engine, ready}: TestEngine): void {
  describe(`a second accumulator on ${engine}`, function () {
    this.timeout(300_000);
    before(async () => {
      await setEngine(engine);
      ready?.();
    });
    after(() => setMultiplier('mbm7'));

    const a = randomFloats(M * K, 1, MEDIUM);
    const b = randomFloats(K * N, 2, MEDIUM);

    async function product(): Promise<Float32Array> {
      const result = tf.tidy(() => tf.matMul(tf.tensor2d(a, [M, K]), tf.tensor2d(b, [K, N])));
      const values = (await result.data()) as Float32Array;
      result.dispose();
      return values;
    }

    for (const name of ['mbm7', 'mbm7:lut', 'bf16', 'drum6-7']) {
      it(`${name}: sums in ascending k, which differ from those of blocks`, async () => {
        setMultiplier(name);
        const inBlocks = await product();
        setMultiplier(
          macUnit({multiplier: getMultiplier(name), accumulator: ascendingAccumulator}),
        );
        const found = await product();
        expectSameBits(`${name}+ascending`, found, ascendingSums(name, a, b));
        expect([...found]).not.to.deep.equal([...inBlocks]);
        // What was prepared for one accumulator is not used for the other.
        setMultiplier(name);
        expectSameBits(name, await product(), inBlocks);
      });
    }

    it('is named in coverage and in the assignment', async () => {
      const accumulator = ascendingAccumulator;
      const unit = macUnit({multiplier: getMultiplier('mbm7'), accumulator});
      const model = tf.sequential({
        layers: [tf.layers.dense({name: 'd', units: 2, inputShape: [3]})],
      });
      assignMultipliers(model, {d: {forward: unit}});
      expect(getAssignment(model)).to.deep.equal({d: {forward: 'mbm7+ascending'}});
      resetCoverage();
      tf.tidy(() => model.predict(tf.ones([1, 3])));
      const found = coverage().entries.map(({multiplier, exact}) => ({multiplier, exact}));
      expect(found).to.deep.equal([{multiplier: 'mbm7+ascending', exact: false}]);
      model.dispose();
    });
  });
}

for (const engine of enginesHere) describeAccumulators(engine);
