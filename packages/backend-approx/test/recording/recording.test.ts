// SPDX-License-Identifier: Apache-2.0
/** recordOperands on one engine: what it counts, and that it changes and keeps nothing. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import type {RecordedOperands} from '@tfjs-approx/arithmetic';
import {parseRecordedOperands, recordedMetrics} from '@tfjs-approx/lut-builder';
import {ConfigurationError, recordOperands, setEngine, setMultiplier} from '#src/index.js';
import {trainingEnginesHere, type TestEngine} from '../engines.js';
import {
  CLASSES,
  denseNet,
  FEATURES,
  HIDDEN,
  release,
  ROWS,
  rows,
  tensors,
  weightsOf,
} from '../usage/nets.js';

/** Fraction histogram by value, from the definition: |v| = 2^e (1 + f). */
function fractionsOf(values: number[], fractionBits: number): number[] {
  const counts = new Array<number>(2 ** fractionBits).fill(0);
  for (const value of values.filter(v => v !== 0)) {
    const significand = Math.abs(value) / 2 ** Math.floor(Math.log2(Math.abs(value)));
    counts[Math.floor((significand - 1) * counts.length)]++;
  }
  return counts;
}

const productsOf = ({products}: RecordedOperands, layer: string, pass: string) =>
  products.find(p => p.layer === layer && p.pass === pass)!;

function memoryInUse() {
  const {numTensors, numDataBuffers, numBytes, numBytesInGPU} = tf.memory() as ReturnType<
    typeof tf.memory
  > & {readonly numBytesInGPU?: number};
  return {numTensors, numDataBuffers, numBytes, numBytesInGPU};
}

async function errorOf(run: Promise<unknown>): Promise<Error> {
  return run.then(
    () => expect.fail('no error'),
    error => error,
  );
}

function describeRecording({engine}: TestEngine): void {
  describe(`recordOperands on the ${engine} engine`, () => {
    before(async () => {
      await setEngine(engine);
      setMultiplier('mbm7');
    });

    it('predict: counts activations as first and weights as second operands', async () => {
      const model = denseNet();
      const {xs} = tensors();
      const recorded = await recordOperands(model, {x: xs});
      expect(recorded).to.include({version: 1, fractionBits: 11});
      expect(recorded.products.map(({layer, pass}) => `${layer} ${pass}`)).to.deep.equal([
        'hidden forward',
        'classes forward',
      ]);
      const hidden = productsOf(recorded, 'hidden', 'forward');
      expect(hidden).to.include({calls: 1, macs: ROWS * FEATURES * HIDDEN});
      const inputs = rows().xs.flat().map(Math.fround);
      expect(hidden.first).to.include({values: ROWS * FEATURES, zeros: 0, nonFinite: 0});
      expect(hidden.first.fractions).to.deep.equal(fractionsOf(inputs, 11));
      const kernel = [...(await model.layers[0].getWeights()[0].data())];
      expect(hidden.second.fractions).to.deep.equal(fractionsOf(kernel, 11));
      // relu gives zeros.
      const {first} = productsOf(recorded, 'classes', 'forward');
      expect(first.values).to.equal(ROWS * HIDDEN);
      expect(first.zeros).to.be.within(1, ROWS * HIDDEN - 1);
      release(xs, model);
    });

    it('fit: every pass, in the order in which the multiplier gets the operands', async () => {
      const model = denseNet();
      const {xs, ys} = tensors();
      const recorded = await recordOperands(model, {x: xs, y: ys, batchSize: 4, shuffle: false});
      const batches = ROWS / 4;
      const gradient = productsOf(recorded, 'hidden', 'weightGradient');
      expect(gradient).to.include({calls: batches, macs: ROWS * FEATURES * HIDDEN});
      // mul(activation, dy): the first operands are the data.
      const inputs = rows().xs.flat().map(Math.fround);
      expect(gradient.first.fractions).to.deep.equal(fractionsOf(inputs, 11));
      expect(gradient.second.values).to.equal(ROWS * HIDDEN);
      // mul(dy, weight)
      const back = productsOf(recorded, 'classes', 'inputGradient');
      expect(back.first.values).to.equal(ROWS * CLASSES);
      expect(back.second.values).to.equal(batches * HIDDEN * CLASSES);
      release(xs, ys, model);
    });

    it('changes no bit of what is trained, and keeps no memory', async () => {
      const {xs, ys} = tensors();
      const train = async (record: boolean) => {
        const optimizer = tf.train.sgd(0.5);
        const model = denseNet(optimizer);
        const args = {epochs: 2, batchSize: 4, shuffle: false};
        if (record) await recordOperands(model, {x: xs, y: ys, ...args});
        else await model.fit(xs, ys, {...args, verbose: 0});
        const weights = await weightsOf(model);
        release(model, optimizer);
        return weights;
      };
      const plain = await train(false);
      const before = memoryInUse();
      expect(await train(true)).to.deep.equal(plain);
      expect(memoryInUse()).to.deep.equal(before);
      release(xs, ys);
    });

    it('leaves callbacks of the caller at work', async () => {
      const model = denseNet();
      const {xs, ys} = tensors();
      let batches = 0;
      let epochs = 0;
      const callbacks = {onBatchEnd: () => void batches++, onEpochEnd: () => void epochs++};
      await recordOperands(model, {x: xs, y: ys, batchSize: 6, callbacks});
      expect([batches, epochs]).to.deep.equal([2, 1]);
      const stopping = tf.callbacks.earlyStopping({monitor: 'loss', minDelta: 1e9});
      const data = {x: xs, y: ys, batchSize: 6, epochs: 9, callbacks: [stopping]};
      const recorded = await recordOperands(model, data);
      expect(productsOf(recorded, 'hidden', 'forward').calls).to.equal(2 * 2);
      release(xs, ys, model);
    });

    it('a function: whatever it multiplies, with fewer bits where asked for', async () => {
      const recorded = await recordOperands(
        async () => {
          const product = tf.tidy(() =>
            tf.matMul(tf.tensor2d([[1.5, -3]]), tf.tensor2d([[0.25], [0]])),
          );
          await product.data();
          product.dispose();
        },
        {fractionBits: 1},
      );
      expect(recorded.products).to.have.lengthOf(1);
      const [{layer, pass, first, second}] = recorded.products;
      expect([layer, pass]).to.deep.equal(['', 'forward']);
      expect(first.fractions).to.deep.equal([0, 2]);
      expect(first.exponents).to.deep.equal({first: 0, counts: [1, 1]});
      expect(second).to.deep.include({values: 2, zeros: 1, fractions: [1, 0]});
    });

    it('is JSON that lut-builder judges a multiplier by', async () => {
      const model = denseNet();
      const {xs} = tensors();
      const recorded = await recordOperands(model, {x: xs});
      const read = parseRecordedOperands(JSON.stringify(recorded), 'operands.json');
      expect(read).to.deep.equal(recorded);
      const {all, products} = recordedMetrics('mitchell7', read);
      expect(products).to.have.lengthOf(2);
      expect(all!.meanAbsolute).to.be.within(0.1, 11.2);
      release(xs, model);
    });

    it('refuses what it cannot record, and is then ready again', async () => {
      const model = denseNet();
      const nothing = await errorOf(recordOperands(() => {}));
      expect(nothing).instanceOf(ConfigurationError);
      expect(nothing.message).to.match(/no product was formed/);
      const width = await errorOf(recordOperands(() => {}, {fractionBits: 12}));
      expect(width.message).to.match(/fractionBits is 12\. Expected an integer in 1\.\.11/);
      const data = await errorOf(recordOperands(model, undefined as never));
      expect(data.message).to.match(/no data.*\{x, y\}/);
      const nested = await errorOf(recordOperands(() => recordOperands(() => {})));
      expect(nested.message).to.match(/another recording runs/);
      const own = new Error('of the function');
      const {numTensors} = tf.memory();
      const failed = recordOperands(() => {
        tf.tidy(() => void tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])));
        throw own;
      });
      expect(await errorOf(failed)).to.equal(own);
      expect(tf.memory().numTensors).to.equal(numTensors);
      await tf.setBackend('cpu');
      const elsewhere = await errorOf(recordOperands(() => {}));
      expect(elsewhere.message).to.match(/backend is cpu\. Call await tf.setBackend\('approx'\)/);
      await tf.setBackend('approx');
      model.dispose();
    });
  });
}

for (const engine of trainingEnginesHere) describeRecording(engine);
