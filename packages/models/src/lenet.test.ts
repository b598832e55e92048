// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {leNet300100, leNet5} from './index.js';
import {forwardMacs} from './testing/forward-macs.js';

async function weightsOf(model: tf.Sequential): Promise<Float32Array[]> {
  return Promise.all(model.getWeights().map(async w => (await w.data()) as Float32Array));
}

describe('LeNet models', () => {
  before(() => tf.setBackend('cpu'));
  afterEach(() => tf.disposeVariables());

  it('LeNet-5 has 61,706 parameters and 416,520 multiply-accumulates per image', () => {
    const model = leNet5();
    expect(model.countParams()).to.equal(61706);
    expect(forwardMacs(model)).to.equal(416520);
  });

  it('LeNet-300-100 has 266,610 parameters and 266,200 multiply-accumulates per image', () => {
    const model = leNet300100();
    expect(model.countParams()).to.equal(266610);
    expect(forwardMacs(model)).to.equal(266200);
  });

  it('LeNet-5 has the shapes of the paper', () => {
    expect(leNet5().layers.map(layer => [layer.name, layer.outputShape])).to.deep.equal([
      ['conv1', [null, 28, 28, 6]],
      ['pool1', [null, 14, 14, 6]],
      ['conv2', [null, 10, 10, 16]],
      ['pool2', [null, 5, 5, 16]],
      ['flatten', [null, 400]],
      ['dense1', [null, 120]],
      ['dense2', [null, 84]],
      ['output', [null, 10]],
    ]);
  });

  it('LeNet-5 uses ReLU and max pooling, the variant of 1998 tanh and average pooling', () => {
    const summary = (model: tf.Sequential) =>
      model.layers.map(
        layer => (layer.getConfig()['activation'] as string | undefined) ?? layer.getClassName(),
      );
    expect(summary(leNet5())).to.deep.equal([
      'relu',
      'MaxPooling2D',
      'relu',
      'MaxPooling2D',
      'Flatten',
      'relu',
      'relu',
      'softmax',
    ]);
    expect(summary(leNet5({variant: '1998'}))).to.deep.equal([
      'tanh',
      'AveragePooling2D',
      'tanh',
      'AveragePooling2D',
      'Flatten',
      'tanh',
      'tanh',
      'softmax',
    ]);
    expect(leNet5({variant: '1998'}).countParams()).to.equal(61706);
  });

  it('map images to class probabilities', () => {
    for (const model of [leNet5(), leNet5({variant: '1998'}), leNet300100()]) {
      const sums = tf.tidy(() =>
        (model.predict(tf.randomUniform([3, 28, 28, 1])) as tf.Tensor).sum(1).arraySync(),
      ) as number[];
      for (const sum of sums) expect(sum).to.be.closeTo(1, 1e-5);
    }
  });

  for (const [name, build] of Object.entries({leNet5, leNet300100})) {
    it(`${name}: a seed, 0 included, fixes the weights; another seed gives others`, async () => {
      for (const seed of [0, 1, -5, 2 ** 31]) {
        expect(await weightsOf(build({seed}))).to.deep.equal(await weightsOf(build({seed})));
      }
      expect(await weightsOf(build({seed: 0}))).to.not.deep.equal(
        await weightsOf(build({seed: 1})),
      );
      expect(await weightsOf(build())).to.not.deep.equal(await weightsOf(build()));
    });

    it(`${name}: layers start with unrelated weights`, async () => {
      const kernels = (await weightsOf(build({seed: 0}))).filter((_, i) => i % 2 === 0);
      const largest = kernels.map(k => k.reduce((max, w) => Math.max(max, Math.abs(w)), 0));
      const firsts = kernels.map((kernel, i) => (kernel[0] / largest[i]).toFixed(4));
      expect(new Set(firsts).size).to.equal(kernels.length);
    });
  }

  it('refuse an unknown variant and a seed that is no integer', () => {
    expect(() => leNet5({variant: '1989' as '1998'})).to.throw(RangeError, /'1998'.*'1989'/);
    expect(() => leNet5({seed: 0.5})).to.throw(RangeError, /seed must be an integer.*0\.5/);
  });
});
