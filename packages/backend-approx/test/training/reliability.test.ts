// SPDX-License-Identifier: Apache-2.0
/** Long runs: thousands of steps grow neither tensors nor buffers nor GPU bytes. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setEngine, setMultiplier} from '#src/index.js';
import {trainingEnginesHere, type TrainingEngine} from '../engines.js';
import {smallNet, stripes} from './small-net.js';

const BATCH = 8;

/** 32 units over 20 time steps. */
function lstmNet(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.lstm({
        units: 32,
        inputShape: [20, 4],
        kernelInitializer: tf.initializers.glorotUniform({seed: 1}),
        recurrentInitializer: tf.initializers.glorotUniform({seed: 2}),
      }),
      tf.layers.dense({units: 1, kernelInitializer: tf.initializers.glorotUniform({seed: 3})}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
  return model;
}

interface Usage {
  readonly numTensors: number;
  readonly numDataBuffers: number;
  readonly numBytesAllocatedInGPU?: number;
}

function usage(): Usage {
  const {numTensors, numDataBuffers, numBytesAllocatedInGPU} = tf.memory() as ReturnType<
    typeof tf.memory
  > &
    Usage;
  return {numTensors, numDataBuffers, numBytesAllocatedInGPU};
}

/** Trains and returns the usage after a tenth of the steps and after all of them, and both losses. */
async function train(model: tf.Sequential, xs: tf.Tensor, ys: tf.Tensor, steps: number) {
  const early = steps / 10;
  const result: {usage: Usage[]; losses: number[]} = {usage: [], losses: []};
  for (let step = 1; step <= steps; step++) {
    const logs = await model.trainOnBatch(xs, ys);
    if (step === early || step === steps) {
      result.usage.push(usage());
      result.losses.push(Array.isArray(logs) ? logs[0] : logs);
    }
  }
  tf.dispose([xs, ys]);
  model.dispose();
  return result;
}

function describeReliability({engine, training: {convSteps, lstmSteps}}: TrainingEngine): void {
  describe(`long runs on the ${engine} engine`, function () {
    this.timeout(900_000);

    before(async () => {
      await setEngine(engine);
      setMultiplier('mbm7');
    });

    it(`${convSteps} steps of a conv net (two convolutions, two dense layers, 16x16)`, async () => {
      const {xs, ys} = stripes(BATCH);
      const {usage: seen, losses} = await train(smallNet(), xs, ys, convSteps);
      expect(seen[1]).to.deep.equal(seen[0]);
      expect(losses[1]).to.be.below(losses[0]);
    });

    it(`${lstmSteps} steps of an LSTM (32 units, 20 time steps)`, async () => {
      const xs = tf.randomNormal([BATCH, 20, 4], 0, 1, 'float32', 5);
      const ys = tf.tidy(() => xs.mean([1, 2]).reshape([BATCH, 1]));
      const {usage: seen, losses} = await train(lstmNet(), xs, ys, lstmSteps);
      expect(seen[1]).to.deep.equal(seen[0]);
      expect(losses[1]).to.be.below(losses[0]);
    });
  });
}

for (const engine of trainingEnginesHere) describeReliability(engine);
