// SPDX-License-Identifier: Apache-2.0
/** What the multipliers of the library, and those of users, must do on an engine. */
import * as tf from '@tensorflow/tfjs';
import {
  functionalModel,
  getMultiplier,
  listFamilies,
  listMultipliers,
  type Multiplier,
  registerMultiplier,
  tabulatedMultiplier,
} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {coverage, resetCoverage, setEngine, setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {trainingEnginesHere, type TestEngine} from '../engines.js';

/** One member of each family in the middle of its range, and what can be said after a name. */
function names(): string[] {
  const listed = listMultipliers();
  const members = listFamilies().map(({name}) => {
    const ofFamily = listed.filter(info => info.family === name);
    return ofFamily[ofFamily.length >> 1].name;
  });
  return [
    ...members,
    'fp8e4m3',
    'fp8e5m2',
    'drum5-9',
    'mitchell7:nearestEven',
    'drum4-7:nearestEven:lut',
    'bf16:truncate',
  ];
}

/** Fractions of all kinds, both signs, exponents whose products stay normal in every format. */
const OPERANDS = Array.from(
  {length: 96},
  (_, k) => (k % 3 === 0 ? -1 : 1) * (1 + ((k * 0.6180339887) % 1)) * 2 ** ((k % 5) - 2),
).map(Math.fround);

async function products(): Promise<Float32Array> {
  const product = tf.tidy(() =>
    tf.matMul(
      tf.tensor2d(OPERANDS, [OPERANDS.length, 1]),
      tf.tensor2d(OPERANDS, [1, OPERANDS.length]),
    ),
  );
  const values = (await product.data()) as Float32Array;
  product.dispose();
  return values;
}

/** Two dense layers: on software adapters most of the time goes into compiling shaders. */
async function losses(): Promise<number[]> {
  const kernelInitializer = tf.initializers.glorotUniform({seed: 5});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({inputShape: [8], units: 6, activation: 'relu', kernelInitializer}),
      tf.layers.dense({units: 1, kernelInitializer}),
    ],
  });
  model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
  const xs = tf.randomNormal([8, 8], 0, 1, 'float32', 6);
  const ys = tf.tidy(() => tf.sum(xs, 1, true).mul(0.3));
  const {history} = await model.fit(xs, ys, {epochs: 5, batchSize: 4, shuffle: false, verbose: 0});
  tf.dispose([xs, ys]);
  model.dispose();
  return history.loss as number[];
}

/** Registered once, as both engines may be tested in one process. */
function own(name: string, make: () => Multiplier): string {
  if (!listMultipliers().some(info => info.name === name)) registerMultiplier(make());
  return name;
}

/** 6-bit operands; of the first one only 4 bits, of the second one the lowest bit set. */
const N = 64;
const first = Float32Array.from({length: N}, (_, i) => 1 + (i & ~3) / N);
const second = Float32Array.from({length: N}, (_, j) => 1 + (j | 1) / N);
const uneven = (i: number, j: number) => first[i] * second[j];

function describeLibrary({engine}: TestEngine): void {
  describe(`multipliers by name on the ${engine} engine`, () => {
    before(async () => {
      await setEngine(engine);
    });
    afterEach(() => setMultiplier('mbm7'));

    for (const name of names()) {
      it(`${name}: the products of its functional model`, async () => {
        setMultiplier(name);
        const multiply = functionalModel(getMultiplier(name));
        const expected = OPERANDS.flatMap(a => OPERANDS.map(b => multiply(a, b)));
        expectSameBits(name, await products(), expected);
      });
    }

    it("a user's product trains by name, with a closed form to the same bits as from its table", async () => {
      const options = {mantissaBits: 6, provenance: 'a test'};
      const plain = own('uneven6', () =>
        tabulatedMultiplier(uneven, {...options, name: 'uneven6'}),
      );
      const closed = own('uneven-native6', () =>
        tabulatedMultiplier(uneven, {
          ...options,
          name: 'uneven-native6',
          closedForm: {kind: 'native', firstSignificands: first, secondSignificands: second},
        }),
      );
      expect(getMultiplier(plain).evaluation).to.equal('lut');
      expect(getMultiplier(closed).evaluation).to.equal('native');
      resetCoverage();
      setMultiplier(plain);
      const expected = await losses();
      expect(expected[4]).to.be.below(expected[0]);
      setMultiplier(closed);
      expect(await losses()).to.deep.equal(expected);
      setMultiplier(`${closed}:lut`);
      expect(await losses()).to.deep.equal(expected);
      const used = new Set(coverage().entries.map(({multiplier}) => multiplier));
      expect([...used].sort()).to.deep.equal([closed, `${closed}:lut`, plain].sort());
    });
  });
}

for (const engine of trainingEnginesHere) describeLibrary(engine);
