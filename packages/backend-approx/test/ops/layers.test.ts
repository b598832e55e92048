// SPDX-License-Identifier: Apache-2.0
/**
 * What one training step of every layer must do on every engine: all of its products are
 * approximate, each of its kernel calls returns the oracle's bits for the multiplier of its pass,
 * and coverage counts what was called.
 */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {
  coverage,
  deviceInfo,
  resetCoverage,
  setEngine,
  setMultiplier,
  type Pass,
} from '#src/index.js';
import {enginesHere, trainingEnginesHere, type TestEngine} from '../engines.js';
import {LAYER_CASES, type LayerCase} from '../features/layer-cases.js';
import {expectSameBits} from '#src/testing/compare.js';
import {expectShown} from '../oracles/oracle-check.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import type {Nd} from '../oracles/oracle-ops.js';
import {recordKernels} from '../oracles/oracle-recorder.js';
import {replaysOf} from '../oracles/oracle-replay.js';
import {describeOnEngine} from '../oracles/oracle-suite.js';
import {toTensor} from '../oracles/oracle-tensors.js';
import {randomTensor} from '#src/testing/random.js';
import {ASYMMETRIC} from './multipliers.cases.js';

/** Multipliers by the names that `testMultiplier` knows. */
type PerPass = Readonly<Record<Pass, string>>;

const SETTINGS: Readonly<Record<string, PerPass>> = {
  'mbm7 in every pass': {forward: 'mbm7', inputGradient: 'mbm7', weightGradient: 'mbm7'},
  'an asymmetric table in each pass': {
    forward: ASYMMETRIC[0],
    inputGradient: ASYMMETRIC[1],
    weightGradient: ASYMMETRIC[2],
  },
  'mitchell7, fp32 and bf16': {
    forward: 'mitchell7',
    inputGradient: 'fp32',
    weightGradient: 'bf16',
  },
};

/** Layers with the kernels of all others, for the setting that costs the most shaders. */
const FEW_LAYERS = ['Dense, rank 2', 'Conv2D', 'DepthwiseConv2D', 'Attention with einsum'];

/** Layers that form no multiply-accumulates, or only exact ones. */
const NO_PRODUCTS = ['Embedding', 'Dot, rank 2'];

const DATA = {exponents: [-4, 1], zeros: 0.02} as const;

const PASSES: readonly Pass[] = ['forward', 'inputGradient', 'weightGradient'];

function describeLayers(options: TestEngine): void {
  describeOnEngine('one training step of every layer', options, () => {
    for (const [setting, names] of Object.entries(SETTINGS)) {
      const isFew = options.few && setting.includes('fp32');
      describe(`with ${setting}`, () => {
        for (const layer of LAYER_CASES) {
          if (isFew && !FEW_LAYERS.includes(layer.title)) continue;
          it(layer.title, () => checkStep(layer, names));
        }
      });
    }
  });
}

/** Weights, so that the layer behind it needs its input gradient, but no multiply-accumulates. */
class Scale extends tf.layers.Layer {
  static readonly className = 'ScaleOfTests';
  #factor?: tf.LayerVariable;

  override build([, ...shape]: tf.Shape): void {
    this.#factor = this.addWeight('factor', shape, 'float32', tf.initializers.ones());
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, this.#factor!.read());
  }
}

/** Builds a model of the layer alone and trains it on one batch of two. */
async function trainOnce({inputs, apply, indices}: LayerCase, built: () => void): Promise<void> {
  const symbols = inputs.map(shape => tf.input({shape}));
  const output = apply(
    indices ? symbols : symbols.map(symbol => new Scale({}).apply(symbol) as tf.SymbolicTensor),
  );
  const model = tf.model({inputs: symbols, outputs: output});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const xs = inputs.map((shape, i) =>
    indices
      ? tf.randomUniformInt([2, ...shape], 0, indices, i + 1)
      : (toTensor(randomTensor([2, ...shape], i + 1, DATA)) as tf.Tensor),
  );
  const y = toTensor(randomTensor([2, ...(output.shape.slice(1) as number[])], 9, DATA));
  built();
  await model.trainOnBatch(xs.length === 1 ? xs[0] : xs, y);
  tf.dispose([xs, y]);
  model.dispose();
}

/** One step of training; every kernel call in it is compared, and so is what coverage says. */
async function checkStep(layer: LayerCase, names: PerPass): Promise<void> {
  setMultiplier({
    forward: testMultiplier(names.forward).setting,
    inputGradient: testMultiplier(names.inputGradient).setting,
    weightGradient: testMultiplier(names.weightGradient).setting,
  });
  const calls = await recordKernels(start =>
    trainOnce(layer, () => {
      resetCoverage();
      start();
    }),
  );
  const counted = coverage();
  const replays = replaysOf(calls);

  replays.forEach(({call, pass, operands, own}, i) => {
    const what = `call ${i}, ${call.kernel} (${pass})`;
    expectShown(what, testMultiplier(names[pass]).product, call.output, operands, own);
  });

  const expected: Counts = {};
  for (const {call, pass, macs} of replays) add(expected, call.kernel, pass, 1, macs);
  const found: Counts = {};
  for (const {kernel, pass, exact, multiplier, calls, macs} of counted.entries) {
    if (layer.title === 'Dot, rank 2') {
      expect(exact, `${kernel} is exact`).to.equal(true);
      continue;
    }
    add(found, kernel, pass, calls, macs);
    expect(multiplier, `${kernel} (${pass})`).to.equal(names[pass]);
    expect(exact, `${kernel} (${pass}) is exact`).to.equal(multiplier === 'fp32');
  }
  expect(found).to.deep.equal(expected);
  if (NO_PRODUCTS.includes(layer.title)) {
    expect(replays).to.have.length(0);
    expect(counted.entries.length > 0).to.equal(layer.title === 'Dot, rank 2');
    return;
  }
  expect(new Set(replays.map(({pass}) => pass))).to.deep.equal(new Set(PASSES));
  if (!Object.values(names).includes('fp32')) expect(counted.approximateShare).to.equal(1);
}

/** Calls and multiply-accumulates by kernel and pass. */
type Counts = Record<string, {calls: number; macs: number}>;

function add(counts: Counts, kernel: string, pass: Pass, calls: number, macs: number): void {
  const {calls: before, macs: macsBefore} = counts[`${kernel} ${pass}`] ?? {calls: 0, macs: 0};
  counts[`${kernel} ${pass}`] = {calls: before + calls, macs: macsBefore + macs};
}

/** Layers whose output and gradients are decided by their products and a bias alone. */
const LINEAR = [
  'Dense, rank 2',
  'Dense with relu',
  'Dense, rank 3',
  'Conv1D',
  'Conv2D',
  'Conv3D',
  'Conv2DTranspose',
  'Conv3DTranspose',
  'DepthwiseConv2D',
  'SeparableConv2D',
  'TimeDistributed (Dense)',
  'Dot, rank 3',
];

/** Output, dX and dW of whole layers, not only of their kernels, on this engine and on `reference`. */
function describeAgainstReference({engine, ready}: TestEngine): void {
  describe(`layers on ${engine} and on reference`, function () {
    this.timeout(120_000);
    const found = new Map<string, Nd[]>();
    const linear = LAYER_CASES.filter(({title}) => LINEAR.includes(title));

    before(async () => {
      // An engine that is up has its shaders compiled.
      const isUp = tf.getBackend() === 'approx' && deviceInfo().engine === engine;
      if (!isUp) await setEngine(engine);
      ready?.();
      setMultiplier('mbm7');
      for (const layer of linear) found.set(layer.title, await throughLayer(layer));
      await setEngine('reference');
    });

    for (const layer of linear) {
      it(`${layer.title}: the same output, dX and dW`, async () => {
        const actual = found.get(layer.title)!;
        const expected = await throughLayer(layer);
        expect(actual).to.have.length(expected.length);
        expected.forEach((nd, i) => {
          const what = `result ${i}, [${nd.shape}]`;
          expect(actual[i].shape, what).to.deep.equal(nd.shape);
          expectSameBits(what, actual[i].data, nd.data);
        });
      });
    }
  });
}

/** The layer's output for seeded inputs and weights, and all its gradients but those of biases. */
async function throughLayer({inputs, apply}: LayerCase): Promise<Nd[]> {
  const symbols = inputs.map(shape => tf.input({shape}));
  const model = tf.model({inputs: symbols, outputs: apply(symbols)});
  const seeded = (shape: readonly (number | null)[], seed: number): tf.Tensor =>
    toTensor(
      randomTensor(
        shape.map(size => size ?? 2),
        seed,
        {exponents: [-8, 7], zeros: 0.02},
      ),
    );
  const isBias = model.weights.map(({shape}) => shape.length === 1);
  const results = tf.tidy(() => {
    model.setWeights(model.weights.map(({shape}, i) => seeded(shape, 100 + i)));
    const xs = inputs.map((shape, i) => tf.variable(seeded([null, ...shape], 200 + i)));
    const outputShape = model.outputs[0].shape;
    const dy = seeded(outputShape, 300);
    let y: tf.Tensor | undefined;
    const {grads} = tf.variableGrads(() => {
      y = tf.keep(model.apply(xs.length === 1 ? xs[0] : xs, {training: true}) as tf.Tensor);
      return tf.sum(tf.mul(y, dy)) as tf.Scalar;
    });
    const all = xs.map(x => grads[x.name]);
    model.weights.forEach((weight, i) => {
      const variable = (weight as unknown as {val: tf.Variable}).val;
      if (!isBias[i]) all.push(grads[variable.name]);
    });
    xs.forEach(x => x.dispose());
    return [y!, ...all];
  });
  const read: Nd[] = [];
  for (const result of results) {
    read.push({shape: result.shape, data: Float32Array.from(await result.data())});
    result.dispose();
  }
  model.dispose();
  return read;
}

for (const engine of enginesHere) describeLayers(engine);
for (const engine of trainingEnginesHere) describeAgainstReference(engine);
