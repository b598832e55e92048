// SPDX-License-Identifier: Apache-2.0
/**
 * A script as TensorFlow.js tutorials have it: build, compile, fit with validation split and
 * callbacks, evaluate, predict, save and load. The only line about multipliers is the name of the
 * backend; `node examples/dist/tutorial.js cpu` runs the same script on stock TensorFlow.js.
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tfjs-approx/backend-approx';
import {loadDigits, take, toTensors} from '@tfjs-approx/models';

const CLASSES = 10;
await tf.setBackend(process.argv[2] ?? 'approx');

// The digits in their original 8x8 pixels.
const digits = await loadDigits({imageSize: [8, 8]});
const {xs, ys} = toTensors(take(digits.train, 1000));
const {xs: testXs, ys: testYs} = toTensors(digits.test);

const model = tf.sequential();
model.add(
  tf.layers.conv2d({
    inputShape: [8, 8, 1],
    filters: 16,
    kernelSize: 3,
    activation: 'relu',
    kernelInitializer: 'varianceScaling',
  }),
);
model.add(tf.layers.maxPooling2d({poolSize: 2, strides: 2}));
model.add(tf.layers.flatten());
model.add(tf.layers.dense({units: 64, activation: 'relu'}));
model.add(tf.layers.dropout({rate: 0.2}));
model.add(tf.layers.dense({units: CLASSES, activation: 'softmax'}));
model.summary();

model.compile({
  optimizer: tf.train.adam(0.005),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});

const history = await model.fit(xs, ys, {
  batchSize: 50,
  epochs: 6,
  validationSplit: 0.15,
  shuffle: true,
  callbacks: [
    new tf.CustomCallback({
      onEpochEnd: async (epoch, logs) => {
        console.log(
          `Epoch ${epoch + 1}: loss ${logs!['loss'].toFixed(4)}, accuracy ${logs!['acc'].toFixed(4)}, ` +
            `validation accuracy ${logs!['val_acc'].toFixed(4)}`,
        );
      },
    }),
    tf.callbacks.earlyStopping({monitor: 'val_loss', patience: 3}),
  ],
});
console.log(`Trained for ${history.epoch.length} epochs`);

const [testLoss, testAccuracy] = model.evaluate(testXs, testYs, {batchSize: 120}) as tf.Scalar[];
console.log(
  `Test loss ${(await testLoss.data())[0].toFixed(4)}, ` +
    `test accuracy ${(await testAccuracy.data())[0].toFixed(4)}`,
);

const predictions = model.predict(testXs) as tf.Tensor2D;
const predicted = await predictions.argMax(-1).data();
const actual = await testYs.argMax(-1).data();
console.log(`First predictions ${predicted.slice(0, 10).join(' ')}`);
console.log(`First labels      ${actual.slice(0, 10).join(' ')}`);

const folder = await mkdtemp(join(tmpdir(), 'tutorial-'));
try {
  await model.save(pathToFileURL(folder).href);
  const loaded = await tf.loadLayersModel(pathToFileURL(join(folder, 'model.json')).href);
  const again = loaded.predict(testXs) as tf.Tensor2D;
  const difference = await predictions.sub(again).abs().max().data();
  console.log(`Saved and loaded: largest difference of a prediction ${difference[0]}`);
} finally {
  await rm(folder, {recursive: true});
}
