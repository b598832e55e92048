// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {
  assignMultipliers,
  ConfigurationError,
  coverage,
  getAssignment,
  resetCoverage,
  setEngine,
  setMultiplier,
} from '../index.js';

/** `layer pass: multiplier` of every product since the last reset, without duplicates. */
function used(): string[] {
  const lines = coverage().entries.map(
    ({layer, pass, multiplier}) => `${layer} ${pass}: ${multiplier}`,
  );
  return [...new Set(lines)].sort();
}

async function step(model: tf.LayersModel, inputShape: number[], outputShape: number[]) {
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const x = tf.randomNormal(inputShape, 0, 1, 'float32', 1);
  const y = tf.randomNormal(outputShape, 0, 1, 'float32', 2);
  resetCoverage();
  await model.trainOnBatch(x, y);
  tf.dispose([x, y]);
}

const twoDense = () =>
  tf.sequential({
    layers: [
      tf.layers.dense({units: 3, inputShape: [4], activation: 'relu', name: 'first'}),
      tf.layers.dense({units: 2, name: 'second'}),
    ],
  });

describe('assignMultipliers', () => {
  before(async () => {
    await setEngine('cpu');
  });
  beforeEach(() => setMultiplier('mbm7'));

  it('gives layers and passes their own multiplier, in the backward pass too', async () => {
    const model = twoDense();
    assignMultipliers(model, {
      first: 'mitchell7',
      second: {forward: 'bf16', weightGradient: 'truncated5'},
    });
    await step(model, [5, 4], [5, 2]);
    expect(used()).to.deep.equal([
      'first forward: mitchell7',
      'first weightGradient: mitchell7',
      'second forward: bf16',
      'second inputGradient: mbm7',
      'second weightGradient: truncated5',
    ]);
  });

  it('a name wins over a glob, a long glob over a short one, and `*` is for the rest', async () => {
    const model = twoDense();
    assignMultipliers(model, {'*': 'bf16', 's*': 'mitchell3', 'sec*': 'mitchell4'});
    await step(model, [5, 4], [5, 2]);
    expect(used()).to.include.members(['first forward: bf16', 'second forward: mitchell4']);
    assignMultipliers(model, {second: 'mitchell5', 'sec*': 'mitchell4', first: 'fp32'});
    await step(model, [5, 4], [5, 2]);
    expect(used()).to.include.members(['first forward: fp32', 'second forward: mitchell5']);
  });

  it('replaces the assignment of a model; an empty one clears it', async () => {
    const model = twoDense();
    assignMultipliers(model, {first: 'bf16'});
    assignMultipliers(model, {second: 'bf16'});
    await step(model, [5, 4], [5, 2]);
    expect(used()).to.include.members(['first forward: mbm7', 'second forward: bf16']);
    assignMultipliers(model, {});
    expect(getAssignment(model)).to.deep.equal({});
  });

  it('nested and functional models: by name, by path, or with the model around', async () => {
    const inner = tf.sequential({
      name: 'block',
      layers: [
        tf.layers.dense({units: 3, inputShape: [4], name: 'a'}),
        tf.layers.dense({units: 3, name: 'b'}),
      ],
    });
    const input = tf.input({shape: [4]});
    const output = tf.layers
      .dense({units: 1, name: 'head'})
      .apply(inner.apply(input)) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: output});
    assignMultipliers(model, {block: 'mitchell7', 'block/b': 'bf16', '*': 'truncated7'});
    await step(model, [5, 4], [5, 1]);
    expect(used()).to.deep.equal([
      'block/a forward: mitchell7',
      // A linear dense layer is fused, and tfjs computes both gradients of a fused node.
      'block/a inputGradient: mitchell7',
      'block/a weightGradient: mitchell7',
      'block/b forward: bf16',
      'block/b inputGradient: bf16',
      'block/b weightGradient: bf16',
      'head forward: truncated7',
      'head inputGradient: truncated7',
      'head weightGradient: truncated7',
    ]);
  });

  it('a shared layer keeps its multiplier at every use', async () => {
    const shared = tf.layers.dense({units: 4, name: 'shared'});
    const input = tf.input({shape: [4]});
    const output = shared.apply(shared.apply(input)) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: output});
    assignMultipliers(model, {shared: 'mitchell7'});
    await step(model, [5, 4], [5, 4]);
    expect(used()).to.deep.equal([
      'shared forward: mitchell7',
      'shared inputGradient: mitchell7',
      'shared weightGradient: mitchell7',
    ]);
  });

  it('TimeDistributed and Bidirectional: the wrapper, or a layer inside', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.timeDistributed({
          layer: tf.layers.dense({units: 3, name: 'step'}),
          inputShape: [2, 4],
          name: 'distributed',
        }),
        tf.layers.bidirectional({
          layer: tf.layers.simpleRNN({units: 2, name: 'rnn'}),
          mergeMode: 'concat',
          name: 'both',
        }),
      ],
    });
    assignMultipliers(model, {step: 'bf16', both: 'mitchell7', backward_rnn: 'truncated3'});
    await step(model, [3, 2, 4], [3, 4]);
    const forward = used().filter(line => line.includes(' forward'));
    expect(forward).to.deep.equal([
      'both/backward_rnn forward: truncated3',
      'both/forward_rnn forward: mitchell7',
      'distributed/step forward: bf16',
    ]);
    const backward = used().filter(line => line.includes('weightGradient'));
    expect(backward).to.deep.equal([
      'both/backward_rnn weightGradient: truncated3',
      'both/forward_rnn weightGradient: mitchell7',
      'distributed/step weightGradient: bf16',
    ]);
  });

  it('two models with different assignments train interleaved without mixing', async () => {
    const [one, two] = [twoDense(), twoDense()];
    assignMultipliers(one, {'*': 'mitchell7'});
    assignMultipliers(two, {'*': 'bf16'});
    for (const [model, multiplier] of [
      [one, 'mitchell7'],
      [two, 'bf16'],
      [one, 'mitchell7'],
    ] as const) {
      await step(model, [5, 4], [5, 2]);
      for (const line of used()) expect(line).to.include(`: ${multiplier}`);
    }
  });

  it('is exported to JSON and read back; save and load are not disturbed', async () => {
    const model = twoDense();
    assignMultipliers(model, {first: 'mitchell7', second: {forward: 'bf16'}});
    const json = JSON.parse(JSON.stringify(getAssignment(model)));
    expect(json).to.deep.equal({
      first: {forward: 'mitchell7', inputGradient: 'mitchell7', weightGradient: 'mitchell7'},
      second: {forward: 'bf16'},
    });
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async artifacts => {
        saved = artifacts;
        return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    assignMultipliers(loaded, json);
    expect(getAssignment(loaded)).to.deep.equal(json);
    const x = tf.randomNormal([2, 4]);
    const [a, b] = [model, loaded].map(m => (m.predict(x) as tf.Tensor).dataSync());
    expect([...a]).to.deep.equal([...b]);
  });

  it('an unknown layer: lists the names, and changes nothing', () => {
    const model = twoDense();
    assignMultipliers(model, {first: 'bf16'});
    const before = getAssignment(model);
    expect(() => assignMultipliers(model, {second: 'fp32', third: 'bf16'}))
      .to.throw(ConfigurationError)
      .with.property('message')
      .that.matches(/'third'.*first, second/);
    expect(() => assignMultipliers(model, {second: 'fp33'})).to.throw(MultiplierError);
    expect(getAssignment(model)).to.deep.equal(before);
  });
});
