// SPDX-License-Identifier: Apache-2.0
/**
 * Two LeNet-5 in step: the same initial weights, the same batches, another multiplier each.
 *
 * Ordinary tfjs code; `setMultiplier` before each call is all that tells the two apart.
 */
import * as tf from '@tensorflow/tfjs';
import {setMultiplier} from '@tfjs-approx/backend-approx';
import {
  type Dataset,
  type ImageTensors,
  batchesPerEpoch,
  leNet5,
  seededBatches,
  take,
  toTensors,
} from '@tfjs-approx/models';
import {
  SERIES,
  type Epoch,
  type Figures,
  type Series,
  type Settings,
  type Step,
} from './protocol.js';

const LEARNING_RATE = 0.002;

export interface Observer {
  onStep(step: Step, steps: number): void;
  onEpoch(epoch: Epoch): void;
  /** Asked before each batch; may wait. False ends the run. */
  mayContinue(): Promise<boolean>;
}

/** @returns whether all epochs were run. */
export async function trainBoth(
  digits: Dataset,
  {multiplier, epochs, batch, images, test, seed}: Settings,
  {onStep, onEpoch, mayContinue}: Observer,
): Promise<boolean> {
  const trainSet = take(digits.train, images);
  const testTensors = toTensors(take(digits.test, test));
  const multipliers = {fp32: 'fp32', approximate: multiplier};
  const models = {fp32: compiledLeNet(seed), approximate: compiledLeNet(seed)};
  /** One after the other, as they share the device. */
  const both = async (run: (model: tf.Sequential) => Promise<Figures>) => {
    const figures = {} as Record<Series, Figures>;
    for (const name of SERIES) {
      setMultiplier(multipliers[name]);
      figures[name] = await run(models[name]);
    }
    return figures;
  };

  const perEpoch = batchesPerEpoch(trainSet.size, batch);
  let step = 0;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const tensors of seededBatches(trainSet, {batchSize: batch, seed}, epoch - 1)) {
        try {
          if (!(await mayContinue())) return false;
          const figures = await both(model => trainOnBatch(model, tensors));
          onStep({step: ++step, epoch, ...figures}, perEpoch * epochs);
        } finally {
          tf.dispose([tensors.xs, tensors.ys]);
        }
      }
      if (!(await mayContinue())) return false;
      onEpoch({epoch, step, ...(await both(model => evaluate(model, testTensors)))});
    }
    return true;
  } finally {
    tf.dispose([testTensors.xs, testTensors.ys]);
    for (const model of Object.values(models)) {
      model.optimizer.dispose();
      model.dispose();
    }
  }
}

function compiledLeNet(seed: number): tf.Sequential {
  const model = leNet5({seed});
  model.compile({
    optimizer: tf.train.adam(LEARNING_RATE),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

async function trainOnBatch(model: tf.Sequential, {xs, ys}: ImageTensors): Promise<Figures> {
  const [loss, accuracy] = (await model.trainOnBatch(xs, ys)) as number[];
  return {loss: loss, accuracy: accuracy};
}

async function evaluate(model: tf.Sequential, {xs, ys}: ImageTensors): Promise<Figures> {
  const scalars = model.evaluate(xs, ys, {batchSize: 64}) as tf.Scalar[];
  const [loss, accuracy] = await Promise.all(scalars.map(async s => (await s.data())[0]));
  tf.dispose(scalars);
  return {loss: loss, accuracy: accuracy};
}
