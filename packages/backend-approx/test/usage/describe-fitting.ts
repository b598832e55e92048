// SPDX-License-Identifier: Apache-2.0
/** `fitDataset` with tf.data, and callbacks of `fit`. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {expectSameBits} from '#src/testing/compare.js';
import {denseNet, release, rows, ROWS, tensors, weightsOf} from './nets.js';

const BATCH = 4;

/** The rows as a tf.data pipeline, in order. */
function dataset() {
  const {xs, ys} = rows();
  function* examples() {
    for (let row = 0; row < ROWS; row++) {
      yield {xs: tf.tensor1d(xs[row]), ys: tf.tensor1d(ys[row])};
    }
  }
  return tf.data.generator(examples).batch(BATCH);
}

export function describeFitting(): void {
  describe('tf.data and callbacks', () => {
    it('fitDataset gives the weights of fit on the same batches, bit for bit', async () => {
      const model = denseNet();
      const {history} = await model.fitDataset(dataset(), {epochs: 3, verbose: 0});
      expect(history.loss).to.have.lengthOf(3);
      expect(history.loss[2]).to.be.below(history.loss[0] as number);

      const same = denseNet();
      const {xs, ys} = tensors();
      await same.fit(xs, ys, {epochs: 3, batchSize: BATCH, shuffle: false, verbose: 0});
      expectSameBits('weights', await weightsOf(model), await weightsOf(same));

      const [loss, accuracy] = (await model.evaluateDataset(dataset() as tf.data.Dataset<never>, {
        verbose: 0,
      })) as tf.Scalar[];
      const [sameLoss] = same.evaluate(xs, ys, {batchSize: BATCH}) as tf.Scalar[];
      expect((await loss.data())[0]).to.be.closeTo((await sameLoss.data())[0], 1e-6);
      release(loss, accuracy, sameLoss, xs, ys, model, same);
    });

    it('a mapped, shuffled and repeated data set of arrays trains and validates', async () => {
      const {xs, ys} = rows();
      const examples = tf.data
        .zip({xs: tf.data.array(xs), ys: tf.data.array(ys)})
        .map(example => {
          const {xs: x, ys: y} = example as unknown as {xs: number[]; ys: number[]};
          return {xs: tf.tensor1d(x).mul(1), ys: tf.tensor1d(y)};
        })
        .shuffle(ROWS, 'seed')
        .repeat(2)
        .batch(BATCH);
      const model = denseNet();
      const {history} = await model.fitDataset(examples, {
        epochs: 2,
        batchesPerEpoch: 3,
        validationData: dataset(),
        verbose: 0,
      });
      expect(history.val_loss).to.have.lengthOf(2);
      expect([...history.loss, ...history.val_loss].every(Number.isFinite)).to.equal(true);
      model.dispose();
    });

    it('early stopping ends a run that does not improve after its patience', async () => {
      const model = denseNet(tf.train.sgd(0));
      const {xs, ys} = tensors();
      const {epoch} = await model.fit(xs, ys, {
        epochs: 10,
        batchSize: BATCH,
        validationSplit: 1 / 3,
        verbose: 0,
        callbacks: tf.callbacks.earlyStopping({monitor: 'val_loss', patience: 2}),
      });
      // The first epoch sets the value to beat.
      expect(epoch).to.deep.equal([0, 1, 2]);
      release(xs, ys, model);
    });

    it('callbacks are called in order, see numbers, change the learning rate, save and stop', async () => {
      const optimizer = tf.train.sgd(0.5);
      const model = denseNet(optimizer);
      const {xs, ys} = tensors();
      const calls: string[] = [];
      const checkpoints: number[] = [];
      await model.fit(xs, ys, {
        epochs: 5,
        batchSize: 6,
        verbose: 0,
        callbacks: {
          onTrainBegin: () => void calls.push('begin'),
          onEpochBegin: epoch => {
            calls.push(`epoch ${epoch}`);
            Object.assign(optimizer, {learningRate: 0.5 / (epoch + 1)});
          },
          onBatchEnd: (batch, logs) => {
            expect(logs!.loss).to.be.a('number');
            calls.push(`batch ${batch}`);
          },
          onEpochEnd: async (epoch, logs) => {
            expect(logs).to.include.keys('loss', 'acc');
            await model.save(
              tf.io.withSaveHandler(async ({weightData}) => {
                checkpoints.push((weightData as ArrayBuffer).byteLength);
                return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
              }),
            );
            if (epoch === 1) model.stopTraining = true;
          },
          onTrainEnd: () => void calls.push('end'),
        },
      });
      const epoch = (index: number) => [`epoch ${index}`, 'batch 0', 'batch 1'];
      expect(calls).to.deep.equal(['begin', ...epoch(0), ...epoch(1), 'end']);
      expect(checkpoints).to.deep.equal([model.countParams() * 4, model.countParams() * 4]);
      release(xs, ys, model);
    });
  });
}
