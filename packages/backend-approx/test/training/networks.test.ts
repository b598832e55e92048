// SPDX-License-Identifier: Apache-2.0
/** Training networks of four kinds. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage, setEngine, setMultiplier} from '#src/index.js';
import {trainingEnginesHere, type TrainingEngine} from '../engines.js';
import {NETWORKS} from './networks.js';

function describeNetworks({engine, ready, training: {multipliers}}: TrainingEngine): void {
  describe(`networks on the ${engine} engine`, function () {
    this.timeout(120_000);
    before(async () => {
      await setEngine(engine);
      ready?.();
    });
    after(() => setMultiplier('mbm7'));

    for (const [name, spec] of Object.entries(multipliers)) {
      for (const {title, steps, kernels, build, data} of NETWORKS) {
        it(`${title}: the loss falls in ${steps} steps with ${name}`, async () => {
          setMultiplier(spec);
          const model = build();
          model.compile({optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy'});
          const {xs, ys} = data();
          resetCoverage();
          const losses: number[] = [];
          for (let step = 0; step < steps; step++) {
            losses.push((await model.trainOnBatch(xs, ys)) as number);
          }
          const [counted, used] = [coverage(), new Set<string>()];
          for (const {kernel} of counted.entries) used.add(kernel);
          tf.dispose([xs, ys]);
          model.dispose();
          expect(losses.every(Number.isFinite), `finite losses: ${losses}`).to.equal(true);
          expect(losses.at(-1), `the losses: ${losses}`).to.be.below(0.5 * losses[0]);
          expect([...used]).to.include.members([...kernels]);
          expect(counted.approximateShare).to.equal(1);
        });
      }
    }
  });
}

for (const engine of trainingEnginesHere) describeNetworks(engine);
