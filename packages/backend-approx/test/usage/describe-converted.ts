// SPDX-License-Identifier: Apache-2.0
/**
 * Models that were trained in Keras and converted by the tensorflowjs converter (see
 * fixtures/convert.py), loaded from files.
 */
import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {
  assignMultipliers,
  ConfigurationError,
  coverage,
  getAssignment,
  resetCoverage,
  setMultiplier,
} from '#src/index.js';
import {expectSameBits, expectWithin} from '#src/testing/compare.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import {conv2d, matMul, type Nd} from '../oracles/oracle-ops.js';
import type {OracleProduct} from '../oracles/oracle-product.js';
import {toTensor} from '../oracles/oracle-tensors.js';
import {randomFloats} from '#src/testing/random.js';
import {release, weightsOf} from './nets.js';

const FIXTURES = new URL('../../test/usage/fixtures/', import.meta.url);
const LAYERS_MODEL = new URL('layers-model/model.json', FIXTURES).href;
const GRAPH_MODEL = new URL('graph-model/model.json', FIXTURES).href;
const LOGITS = 'StatefulPartitionedCall/small/logits/BiasAdd';
/** The nodes that form products, in the order in which they run. */
const NODES = ['conv2d/Relu', 'conv2d_1/Relu', 'dense/Relu', 'logits/BiasAdd'].map(
  name => `StatefulPartitionedCall/small/${name}`,
);
const CLASSES = 5;
const IMAGE = [8, 8, 1] as const;

/** What Keras itself predicts for three images. */
function kerasPredictions(): {images: Nd; predictions: number[]} {
  const text = readFileSync(new URL('keras.json', FIXTURES), 'utf8');
  const {images, predictions} = JSON.parse(text) as {images: number[]; predictions: number[][]};
  const shape = [predictions.length, ...IMAGE];
  return {images: {shape, data: Float32Array.from(images)}, predictions: predictions.flat()};
}

export function loadKerasModel(): Promise<tf.LayersModel> {
  return tf.loadLayersModel(LAYERS_MODEL);
}

function addBias({shape, data}: Nd, bias: Nd, activation: 'relu' | 'linear'): Nd {
  const channels = bias.data.length;
  const sums = data.map((value, i) => Math.fround(value + bias.data[i % channels]));
  return {shape, data: activation === 'relu' ? sums.map(value => Math.max(0, value)) : sums};
}

/** 2x2, stride 2, on even sizes. */
function maxPool({shape: [batch, height, width, channels], data}: Nd): Nd {
  const shape = [batch, height / 2, width / 2, channels];
  const at = (b: number, y: number, x: number, c: number) =>
    data[((b * height + y) * width + x) * channels + c];
  const result: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        for (let c = 0; c < channels; c++) {
          result.push(
            Math.max(
              at(b, y, x, c),
              at(b, y, x + 1, c),
              at(b, y + 1, x, c),
              at(b, y + 1, x + 1, c),
            ),
          );
        }
      }
    }
  }
  return {shape, data: Float32Array.from(result)};
}

/** The network as loops: its logits for any multiplier. */
async function logitsByLoops(product: OracleProduct, images: Nd): Promise<Nd> {
  const model = await loadKerasModel();
  const weights: Nd[] = [];
  for (const weight of model.getWeights()) {
    weights.push({shape: weight.shape, data: (await weight.data()) as Float32Array});
  }
  model.dispose();
  const [w1, b1, w2, b2, w3, b3, w4, b4] = weights;
  const geometry = {strides: [1, 1], dilations: [1, 1]} as const;
  let x = addBias(conv2d(product, images, w1, {...geometry, pad: 'same'}), b1, 'relu');
  x = addBias(conv2d(product, maxPool(x), w2, {...geometry, pad: 'valid'}), b2, 'relu');
  x = {shape: [x.shape[0], x.data.length / x.shape[0]], data: x.data};
  x = addBias(matMul(product, x, w3), b3, 'relu');
  return addBias(matMul(product, x, w4), b4, 'linear');
}

export function describeConverted(): void {
  describe('models converted from Keras, loaded from files', () => {
    const {images, predictions} = kerasPredictions();

    it('the layers model predicts what Keras predicts with fp32, and something else with mitchell5', async () => {
      const model = await loadKerasModel();
      const x = toTensor(images);
      setMultiplier('fp32');
      const exact = model.predict(x) as tf.Tensor;
      setMultiplier('mitchell5');
      const approximate = model.predict(x) as tf.Tensor;
      expect(exact.shape).to.deep.equal([3, CLASSES]);
      expectWithin('predictions', await exact.data(), predictions, 1e-6);
      const found = await approximate.data();
      expect(Math.max(...found.map((value, i) => Math.abs(value - predictions[i])))).to.be.above(
        1e-3,
      );
      release(x, exact, approximate, model);
    });

    it('the graph model predicts what Keras predicts with fp32', async () => {
      setMultiplier('fp32');
      const model = await tf.loadGraphModel(GRAPH_MODEL);
      const x = toTensor(images);
      const prediction = model.predict(x) as tf.Tensor;
      expectWithin('predictions', await prediction.data(), predictions, 1e-6);
      release(x, prediction);
      model.dispose();
    });

    it('its fused nodes give the bits of plain loops with the multiplier', async () => {
      const {setting, product} = testMultiplier('mitchell7');
      setMultiplier(setting);
      const model = await tf.loadGraphModel(GRAPH_MODEL);
      const x = toTensor(images);
      resetCoverage();
      const logits = model.execute(x, LOGITS) as tf.Tensor;
      const {entries} = coverage();
      const expected = await logitsByLoops(product, images);
      expectSameBits('logits', await logits.data(), expected.data);
      const kernels = entries.map(({kernel, calls}) => `${kernel} ${calls}`);
      const [conv, dense] = ['FusedConv2D 1', '_FusedMatMul 1'];
      expect(kernels).to.deep.equal([conv, conv, dense, dense]);
      expect(entries.every(({pass, exact}) => pass === 'forward' && !exact)).to.equal(true);
      release(x, logits);
      model.dispose();
    });

    it('coverage of the graph model has the names of its nodes, in the gradient too', async () => {
      setMultiplier('mitchell7');
      const model = await tf.loadGraphModel(GRAPH_MODEL);
      const x = toTensor(images);
      resetCoverage();
      const gradient = tf.grad(image => model.execute(image, LOGITS) as tf.Tensor)(x);
      const layers = (wanted: string) =>
        coverage()
          .entries.filter(({pass}) => pass === wanted)
          .map(({layer}) => layer);
      expect(layers('forward')).to.deep.equal(NODES);
      expect(layers('inputGradient').sort()).to.deep.equal([...NODES].sort());
      tf.dispose(tf.matMul([[1]], [[2]]));
      expect(coverage().entries.at(-1)!.layer).to.equal('');
      release(x, gradient);
      model.dispose();
    });

    it('nodes of the graph model get multipliers by name and glob', async () => {
      setMultiplier('mbm7');
      const model = await tf.loadGraphModel(GRAPH_MODEL);
      assignMultipliers(model, {[NODES[0]]: 'bf16', '*/logits/*': 'fp32', '*': 'mitchell5'});
      expect(getAssignment(model)[NODES[0]]).to.deep.equal({
        forward: 'bf16',
        inputGradient: 'bf16',
        weightGradient: 'bf16',
      });
      const x = toTensor(images);
      resetCoverage();
      const logits = await model.executeAsync(x, LOGITS);
      const used = coverage().entries.map(({multiplier}) => multiplier);
      expect(used).to.deep.equal(['bf16', 'mitchell5', 'mitchell5', 'fp32']);
      expect(() => assignMultipliers(model, {conv: 'fp32'}))
        .to.throw(ConfigurationError)
        .with.property('message')
        .that.contains(`called 'conv'. Those it has are ${NODES.join(', ')}.`);
      tf.dispose([x, logits]);
      model.dispose();
    });

    it('what is no model, or no loaded one, is refused', () => {
      const unloaded = new tf.GraphModel(GRAPH_MODEL);
      expect(() => assignMultipliers(unloaded, {'*': 'fp32'})).to.throw(
        ConfigurationError,
        'await model.load()',
      );
      for (const model of [{}, null, tf.loadGraphModel(GRAPH_MODEL)]) {
        expect(() => assignMultipliers(model as never, {'*': 'fp32'})).to.throw(
          ConfigurationError,
          'tf.GraphModel',
        );
      }
    });

    it('the layers model can be trained on, saved and loaded again', async () => {
      const model = await loadKerasModel();
      const {data} = images;
      const xs = tf.tensor4d(data.slice(0, 2 * 64), [2, ...IMAGE]);
      const ys = tf.tensor2d([
        [1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
      ]);
      model.compile({optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy'});
      const {history} = await model.fit(xs, ys, {epochs: 4, batchSize: 2, verbose: 0});
      expect(history.loss[3]).to.be.below(history.loss[0] as number);

      let saved: tf.io.ModelArtifacts;
      await model.save(
        tf.io.withSaveHandler(async artifacts => {
          saved = artifacts;
          return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
        }),
      );
      const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
      expectSameBits('weights', await weightsOf(loaded), await weightsOf(model));
      release(xs, ys, model, loaded);
    });

    it('random images are classified the same by both formats, with the default multiplier', async () => {
      const xs = tf.tensor4d(randomFloats(4 * 64, 11, {exponents: [-3, 0], zeros: 0}), [
        4,
        ...IMAGE,
      ]);
      const layers = await loadKerasModel();
      const graph = await tf.loadGraphModel(GRAPH_MODEL);
      const a = layers.predict(xs) as tf.Tensor;
      const b = graph.predict(xs) as tf.Tensor;
      expectSameBits('predictions', await a.data(), await b.data());
      release(xs, a, b, layers);
      graph.dispose();
    });
  });
}
