// SPDX-License-Identifier: Apache-2.0
/** What training on an engine must show. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, resetCoverage, setEngine, setMultiplier, type Pass} from '#src/index.js';
import {trainingEnginesHere, type TrainingEngine} from '../engines.js';
import {SIZE, smallNet, stripes} from './small-net.js';

const BATCH = 8;

async function weightsAfter(steps: number): Promise<Float32Array> {
  const model = smallNet();
  const {xs, ys} = stripes(BATCH);
  for (let step = 0; step < steps; step++) {
    await model.fit(xs, ys, {batchSize: BATCH, epochs: 1, shuffle: false, verbose: 0});
  }
  const values = await Promise.all(model.getWeights().map(weight => weight.data()));
  tf.dispose([xs, ys]);
  model.dispose();
  return Float32Array.from(values.flatMap(array => [...array]));
}

function relativeL2(found: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let norm = 0;
  expected.forEach((value, i) => {
    difference += (found[i] - value) ** 2;
    norm += value ** 2;
  });
  return Math.sqrt(difference / norm);
}

/** Multiply-accumulates of one image in one training step, counted by hand from the layer sizes. */
function expectedMacs(): Record<Pass, number> {
  const conv1 = SIZE * SIZE * 9 * 1 * 4;
  const conv2 = 3 * 3 * 9 * 4 * 6;
  const dense = 3 * 3 * 6 * 12 + 12 * 5;
  return {
    forward: conv1 + conv2 + dense,
    weightGradient: conv1 + conv2 + dense,
    // The first layer's input needs no gradient.
    inputGradient: conv2 + dense,
  };
}

function describeTraining({engine, training: {stock}}: TrainingEngine): void {
  describe(`training on the ${engine} engine`, () => {
    before(async () => {
      await setEngine(engine);
    });
    afterEach(async () => {
      await tf.setBackend('approx');
      setMultiplier('mbm7');
    });

    it('counts every multiply-accumulate, as an independent formula does', async () => {
      setMultiplier('mbm7');
      resetCoverage();
      await weightsAfter(1);
      const macs: Record<string, number> = {};
      for (const entry of coverage().entries) {
        macs[entry.pass] = (macs[entry.pass] ?? 0) + entry.macs / BATCH;
      }
      expect(macs).to.deep.equal(expectedMacs());
      expect(coverage().approximateShare).to.equal(1);
    });

    it(`with fp32 the weights after 20 steps equal those of stock ${stock} to 1e-5, with mitchell7 not`, async () => {
      setMultiplier('fp32');
      const approximate = await weightsAfter(20);
      setMultiplier('mitchell7');
      const mitchell = await weightsAfter(20);
      await tf.setBackend(stock);
      const exact = await weightsAfter(20);
      expect(relativeL2(approximate, exact)).to.be.below(1e-5);
      expect(relativeL2(mitchell, exact)).to.be.above(1e-3);
    });

    it('the same run twice gives the same bits', async () => {
      setMultiplier('mbm7');
      expect(await weightsAfter(3)).to.deep.equal(await weightsAfter(3));
    });

    it('the loss falls with mbm7', async () => {
      setMultiplier('mbm7');
      const model = smallNet();
      const {xs, ys} = stripes(BATCH);
      const history = await model.fit(xs, ys, {batchSize: BATCH, epochs: 25, verbose: 0});
      const losses = history.history.loss as number[];
      expect(losses.at(-1)).to.be.below(0.5 * losses[0]);
      tf.dispose([xs, ys]);
      model.dispose();
    });

    it('tensors, buffers and GPU bytes are the same at steps 50 and 200', async () => {
      setMultiplier('mbm7');
      const model = smallNet();
      const {xs, ys} = stripes(BATCH);
      const usage = () => {
        const {numTensors, numDataBuffers, numBytesAllocatedInGPU} = tf.memory() as ReturnType<
          typeof tf.memory
        > & {numBytesAllocatedInGPU?: number};
        return {numTensors, numDataBuffers, numBytesAllocatedInGPU};
      };
      let at50;
      for (let step = 1; step <= 200; step++) {
        await model.trainOnBatch(xs, ys);
        if (step === 50) at50 = usage();
      }
      expect(usage()).to.deep.equal(at50);
      tf.dispose([xs, ys]);
      model.dispose();
    });
  });
}

for (const engine of trainingEnginesHere) describeTraining(engine);
