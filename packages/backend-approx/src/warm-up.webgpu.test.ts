// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {coverage, DeviceError, resetCoverage, setEngine, setMultiplier, warmUp} from './index.js';
import {expectAdapter} from './testing/expect-adapter.js';
import {expectSameBits} from './testing/compare.js';

/** Normalisation moves averages in training; dropout draws numbers. */
function network(): tf.Sequential {
  const initializer = (seed: number) => tf.initializers.glorotUniform({seed});
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [9, 9, 2],
        filters: 5,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: initializer(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.flatten(),
      tf.layers.dropout({rate: 0.25, seed: 3}),
      tf.layers.dense({units: 3, kernelInitializer: initializer(2)}),
    ],
  });
}

function gradients(model: tf.LayersModel, x: tf.Tensor): void {
  tf.tidy(() => {
    tf.variableGrads(() => (model.apply(x, {training: true}) as tf.Tensor).sum() as tf.Scalar);
  });
}

async function failureOf(model: tf.LayersModel, batch: tf.Tensor): Promise<unknown> {
  try {
    await warmUp(model, batch);
  } catch (error) {
    return error;
  }
  return null;
}

describe('warmUp', function () {
  this.timeout(120_000);
  const x = () => tf.randomUniform([7, 9, 9, 2], -1, 1, 'float32', 5);

  before(async () => {
    await setEngine('webgpu');
    expectAdapter();
    setMultiplier('truncated4');
  });
  after(() => setMultiplier('mbm7'));

  it('compiles all products of a forward and a backward pass, and changes nothing', async () => {
    const model = network();
    const batch = x();
    const weights = await Promise.all(model.getWeights().map(weight => weight.data()));
    const {device} = tf.backend() as unknown as {device: GPUDevice};
    const {numTensors} = tf.memory();
    resetCoverage();
    // A stock kernel may still come: tfjs computes small tensors that are not yet on the GPU elsewhere.
    const compiled: string[] = [];
    const create = device.createComputePipeline.bind(device);
    device.createComputePipeline = descriptor => {
      if (/^(contraction|blockSum)/.test(descriptor.label ?? '')) compiled.push(descriptor.label!);
      return create(descriptor);
    };
    try {
      await warmUp(model, batch);
      expect(compiled, 'compiled one by one').to.deep.equal([]);
      expect(coverage().totalMacs).to.equal(0);
      expect(tf.memory().numTensors).to.equal(numTensors);
      const found = await Promise.all(model.getWeights().map(weight => weight.data()));
      found.forEach((values, i) => expectSameBits(`weight ${i}`, values, weights[i]));
      gradients(model, batch);
      const predicted = model.predict(batch) as tf.Tensor;
      await predicted.data();
      predicted.dispose();
      expect(compiled, 'compiled after the warm-up').to.deep.equal([]);
      setMultiplier('truncated3');
      gradients(model, batch);
      expect(compiled.length, 'with another multiplier').to.be.greaterThan(2);
    } finally {
      device.createComputePipeline = create;
    }
    tf.dispose(batch);
    model.dispose();
  });

  it('takes layers with fields cell and cells of their own', async () => {
    class Grid extends tf.layers.Layer {
      static className = 'Grid';
      readonly cells = 4;
      readonly cell = 'square';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return [inputs].flat()[0];
      }
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
    }
    const batch = tf.ones([2, 3]);
    const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
    model.add(new Grid({}));
    expect(await failureOf(model, batch)).to.equal(null);
    tf.dispose(batch);
    model.dispose();
  });

  /** A stateful layer, alone and in both directions, and a cell that keeps its mask. */
  function recurrentNetwork(): tf.Sequential {
    const options = {units: 3, returnSequences: true, stateful: true};
    const cell = tf.layers.gruCell({units: 2, dropout: 0.5});
    return tf.sequential({
      layers: [
        tf.layers.lstm({...options, batchInputShape: [2, 4, 3]}),
        tf.layers.bidirectional({layer: tf.layers.gru(options), mergeMode: 'sum'}),
        tf.layers.rnn({cell: cell}),
        tf.layers.dense({units: 1}),
      ],
    });
  }

  /** What a batch gives after what came before; it moves the states. */
  async function predicted(model: tf.LayersModel, batch: tf.Tensor): Promise<Float32Array> {
    const output = model.predict(batch) as tf.Tensor;
    const values = (await output.data()) as Float32Array;
    output.dispose();
    return values;
  }

  it('leaves states of recurrent layers as they are', async () => {
    const batch = tf.randomUniform([2, 4, 3], -1, 1, 'float32', 6);
    const model = recurrentNetwork();
    const other = recurrentNetwork();
    other.setWeights(model.getWeights());
    for (const each of [model, other]) await predicted(each, batch);
    const {numTensors} = tf.memory();
    await warmUp(model, batch);
    expect(tf.memory().numTensors).to.equal(numTensors);
    expectSameBits('output', await predicted(model, batch), await predicted(other, batch));
    tf.dispose(batch);
    for (const each of [model, other]) {
      each.resetStates();
      each.dispose();
    }
  });

  it('leaves weights and states as they are when a layer fails', async () => {
    class Failing extends tf.layers.Layer {
      static readonly className = 'Failing';
      override call(inputs: tf.Tensor | tf.Tensor[], {training}: {training?: boolean}): tf.Tensor {
        if (training) throw new Error('no training here');
        return [inputs].flat()[0];
      }
    }
    const options = {units: 3, stateful: true, batchInputShape: [2, 4, 3]};
    const model = tf.sequential({
      layers: [
        tf.layers.batchNormalization({batchInputShape: [2, 4, 3]}),
        tf.layers.simpleRNN(options),
        new Failing({}),
      ],
    });
    const batch = tf.randomUniform([2, 4, 3], -1, 1, 'float32', 7);
    const first = await predicted(model, batch);
    model.resetStates();
    const weights = await Promise.all(model.getWeights().map(weight => weight.data()));
    expect(await failureOf(model, batch))
      .to.be.an('error')
      .with.property('message', 'no training here');
    const found = await Promise.all(model.getWeights().map(weight => weight.data()));
    found.forEach((values, i) => expectSameBits(`weight ${i}`, values, weights[i]));
    expectSameBits('output', await predicted(model, batch), first);
    tf.dispose(batch);
    model.dispose();
  });

  describe('when the driver cannot compile a shader', () => {
    let device: GPUDevice;
    let original: Pick<GPUDevice, 'createComputePipelineAsync' | 'createShaderModule'>;
    let model: tf.LayersModel;
    let batch: tf.Tensor;
    beforeEach(async () => {
      await setEngine('webgpu');
      setMultiplier('truncated4');
      ({device} = tf.backend() as unknown as {device: GPUDevice});
      const {createComputePipelineAsync, createShaderModule} = device;
      original = {createComputePipelineAsync, createShaderModule};
      model = network();
      batch = x();
    });
    afterEach(() => {
      Object.assign(device, original);
      tf.dispose(batch);
      model.dispose();
    });

    function refuse(labels: RegExp): void {
      device.createComputePipelineAsync = async descriptor => {
        if (labels.test(descriptor.label ?? '')) throw new Error('out of registers.');
        return original.createComputePipelineAsync.call(device, descriptor);
      };
    }

    async function expectRecovery(): Promise<void> {
      Object.assign(device, original);
      await warmUp(model, batch);
      expect((await predicted(model, batch)).every(Number.isFinite)).to.equal(true);
    }

    it('names the op and the tile, and can be called again', async () => {
      refuse(/^contraction/);
      const error = await failureOf(model, batch);
      expect(error).to.be.instanceOf(DeviceError);
      expect((error as Error).message).to.match(
        /Error in FusedConv2D, tile \w+\(.*, multiplier truncated4: .*out of registers.*APPROX_ENGINE=cpu/,
      );
      await expectRecovery();
    });

    it('says what is wrong with the text, once', async () => {
      device.createShaderModule = ({label, code}) =>
        original.createShaderModule.call(device, {
          label,
          code: label?.startsWith('contraction') ? `${code} nonsense` : code,
        });
      const error = await failureOf(model, batch);
      expect(error).to.be.instanceOf(DeviceError);
      expect((error as Error).message).to.match(/Error in FusedConv2D, tile .*nonsense/s);
      await expectRecovery();
    });

    it('says so of stock kernels too', async () => {
      // Other tests may have compiled those of this model.
      const {pipelineCache} = tf.backend() as unknown as {pipelineCache: Record<string, unknown>};
      for (const key of Object.keys(pipelineCache)) delete pipelineCache[key];
      // Labels of stock kernels are names of classes, which a bundler may change.
      refuse(/^(?!contraction|blockSum)/);
      const error = await failureOf(model, batch);
      expect(error).to.be.instanceOf(DeviceError);
      expect((error as Error).message).to.match(/Error in a stock kernel \(\w+.*out of registers/);
      await expectRecovery();
    });
  });

  it('does nothing on the cpu engine', async () => {
    await setEngine('cpu');
    const model = network();
    const batch = x();
    resetCoverage();
    await warmUp(model, batch);
    expect(coverage().totalMacs).to.equal(0);
    tf.dispose(batch);
    model.dispose();
    await setEngine('webgpu');
  });
});
