// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {mobileNetV1, preActResNet18, resNet18, rowLstm} from './index.js';
import {forwardMacs} from './testing/forward-macs.js';

const STAGES = [64, 128, 256, 512];

/** A convolution without bias. */
const kernel = (size: number, from: number, to: number): number => size * size * from * to;
/** Scale and offset of a batch normalisation, which are trained; mean and variance are not. */
const norm = (channels: number): number => 2 * channels;
const dense = (from: number, to: number): number => from * to + to;

/** Trainable parameters as the paper of 2015 defines the network, from the definition alone. */
function resNet18Parameters(): number {
  let sum = kernel(7, 3, 64) + norm(64);
  let from = 64;
  for (const to of STAGES) {
    sum += kernel(3, from, to) + 3 * kernel(3, to, to) + 4 * norm(to);
    if (from !== to) sum += kernel(1, from, to) + norm(to);
    from = to;
  }
  return sum + dense(512, 1000);
}

function preActResNet18Parameters(): number {
  let sum = kernel(3, 3, 64);
  let from = 64;
  for (const to of STAGES) {
    sum += norm(from) + kernel(3, from, to) + 3 * kernel(3, to, to) + 3 * norm(to);
    if (from !== to) sum += kernel(1, from, to);
    from = to;
  }
  return sum + dense(512, 10);
}

function mobileNetV1Parameters(): {trainable: number; others: number} {
  const channels = [32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
  let trainable = kernel(3, 3, 32) + norm(32);
  let others = norm(32);
  for (let i = 1; i < channels.length; i++) {
    const [from, to] = [channels[i - 1], channels[i]];
    trainable += 9 * from + norm(from) + kernel(1, from, to) + norm(to);
    others += norm(from) + norm(to);
  }
  return {trainable: trainable + dense(1024, 1000), others};
}

/** Weights of a model that training changes, and those that it does not. */
function parameters(model: tf.LayersModel): {trainable: number; others: number} {
  const sum = (weights: tf.LayerVariable[]): number =>
    weights.reduce((total, {shape}) => total + shape.reduce((p, n) => p! * n!, 1)!, 0);
  return {trainable: sum(model.trainableWeights), others: sum(model.nonTrainableWeights)};
}

/** Output shape of a layer, without the batch. */
const shapeOf = (model: tf.LayersModel, name: string) =>
  (model.getLayer(name).outputShape as number[]).slice(1);

/** One step of gradient descent on random images, with the losses before and after. */
async function lossesOfStep(model: tf.LayersModel, batch: number): Promise<[number, number]> {
  const [, ...image] = model.inputs[0].shape as number[];
  const classes = model.outputs[0].shape.at(-1)!;
  const xs = tf.randomUniform([batch, ...image], 0, 1, 'float32', 1);
  const ys = tf.oneHot(tf.range(0, batch, 1, 'int32'), classes).toFloat();
  model.compile({optimizer: tf.train.sgd(1e-3), loss: 'categoricalCrossentropy'});
  const before = (await model.trainOnBatch(xs, ys)) as number;
  const after = (await model.trainOnBatch(xs, ys)) as number;
  return [before, after];
}

describe('networks for images', function () {
  this.timeout(300_000);
  before(() => tf.setBackend('cpu'));
  afterEach(() => tf.disposeVariables());

  it('ResNet-18 has the published 11,689,512 parameters', () => {
    const model = resNet18({seed: 1});
    expect(resNet18Parameters()).to.equal(11_689_512);
    expect(parameters(model).trainable).to.equal(11_689_512);
    expect(forwardMacs(model)).to.equal(1_814_073_344);
  });

  it('ResNet-18 has the shapes of the paper', () => {
    const model = resNet18();
    expect(shapeOf(model, 'conv1')).to.deep.equal([112, 112, 64]);
    expect(shapeOf(model, 'pool1')).to.deep.equal([56, 56, 64]);
    const stages = STAGES.map((_, i) => shapeOf(model, `stage${i + 1}_block2_relu2`));
    expect(stages).to.deep.equal([
      [56, 56, 64],
      [28, 28, 128],
      [14, 14, 256],
      [7, 7, 512],
    ]);
    expect(shapeOf(model, 'output')).to.deep.equal([1000]);
    expect(shapeOf(resNet18({classes: 7}), 'output')).to.deep.equal([7]);
  });

  it('the pre-activation ResNet-18 has the published 11,171,146 parameters', () => {
    const model = preActResNet18({seed: 1});
    expect(preActResNet18Parameters()).to.equal(11_171_146);
    expect(parameters(model).trainable).to.equal(11_171_146);
    expect(forwardMacs(model)).to.equal(555_422_720);
  });

  it('the pre-activation ResNet-18 keeps 32x32 until the second stage', () => {
    const model = preActResNet18();
    expect(shapeOf(model, 'conv1')).to.deep.equal([32, 32, 64]);
    const stages = STAGES.map((_, i) => shapeOf(model, `stage${i + 1}_block2_sum`));
    expect(stages).to.deep.equal([
      [32, 32, 64],
      [16, 16, 128],
      [8, 8, 256],
      [4, 4, 512],
    ]);
    expect(shapeOf(model, 'output')).to.deep.equal([10]);
  });

  it("MobileNetV1 has Keras's 4,253,864 parameters, 4,231,976 of them trainable", () => {
    const expected = {trainable: 4_231_976, others: 4_253_864 - 4_231_976};
    const model = mobileNetV1({seed: 1});
    expect(mobileNetV1Parameters()).to.deep.equal(expected);
    expect(parameters(model)).to.deep.equal(expected);
    expect(model.countParams()).to.equal(4_253_864);
    expect(forwardMacs(model)).to.equal(568_740_352);
  });

  it('MobileNetV1 has the shapes of the paper', () => {
    const model = mobileNetV1();
    const names = ['conv1', 'pointwise1', 'pointwise3', 'pointwise5', 'pointwise11', 'pointwise13'];
    expect(names.map(name => shapeOf(model, name))).to.deep.equal([
      [112, 112, 32],
      [112, 112, 64],
      [56, 56, 128],
      [28, 28, 256],
      [14, 14, 512],
      [7, 7, 1024],
    ]);
    expect(shapeOf(model, 'output')).to.deep.equal([1000]);
  });

  it('the LSTM has four gates over row, state and bias, used once per row', () => {
    const model = rowLstm({seed: 1});
    expect(parameters(model)).to.deep.equal({
      trainable: 4 * (28 * 128 + 128 * 128 + 128) + dense(128, 10),
      others: 0,
    });
    expect(model.countParams()).to.equal(81_674);
    expect(forwardMacs(model)).to.equal(28 * 4 * (28 * 128 + 128 * 128) + 1280);
    expect(rowLstm({units: 5}).countParams()).to.equal(4 * (28 * 5 + 25 + 5) + dense(5, 10));
  });

  it('the LSTM trains: a step on a tiny batch lowers the loss', async () => {
    const [before, after] = await lossesOfStep(rowLstm({seed: 1}), 2);
    expect(before).to.be.within(0.1, 50);
    expect(after).to.be.below(before);
  });

  it('map large images to class probabilities', () => {
    for (const build of [resNet18, mobileNetV1]) {
      const model = build({seed: 1});
      const sum = tf.tidy(() =>
        (model.predict(tf.randomUniform([1, 224, 224, 3])) as tf.Tensor).sum().arraySync(),
      );
      expect(sum, model.name).to.be.closeTo(1, 1e-4);
    }
  });

  it('start from weights that a seed, 0 included, fixes', async () => {
    const kernelOf = async (model: tf.LayersModel, layer: string) =>
      (await model.getLayer(layer).getWeights()[0].data()) as Float32Array;
    const cases = [
      [rowLstm, 'lstm'],
      [preActResNet18, 'stage4_block2_conv2'],
      [mobileNetV1, 'depthwise3'],
    ] as const;
    for (const [build, layer] of cases) {
      const first = await kernelOf(build({seed: 0}), layer);
      expect(await kernelOf(build({seed: 0}), layer)).to.deep.equal(first);
      expect(await kernelOf(build({seed: 1}), layer)).to.not.deep.equal(first);
    }
  });
});
