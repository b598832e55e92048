// SPDX-License-Identifier: Apache-2.0
// Prices of (made-up) houses: features are normalised, then a linear model and one with a hidden layer are fitted.

import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const path = fileURLToPath(new URL('data/housing.csv', import.meta.url));
const rows = await tf.data
  .csv(`file://${path}`, {columnConfigs: {price: {isLabel: true}}})
  .map(({xs, ys}) => ({features: Object.values(xs), price: ys.price}))
  .toArray();

const TRAIN = 120;
const features = tf.tensor2d(rows.map(row => row.features));
const prices = tf.tensor2d(rows.map(row => [row.price]));
const [trainX, testX] = tf.split(features, [TRAIN, rows.length - TRAIN]);
const [trainY, testY] = tf.split(prices, [TRAIN, rows.length - TRAIN]);

// Of the training rows only: the test rows stand for houses not seen yet.
const {mean, variance} = tf.moments(trainX, 0);
const deviation = variance.sqrt();
console.log('mean of each feature', [...mean.dataSync()].map(value => value.toFixed(3)).join(' '));
const normalise = x => tf.tidy(() => x.sub(mean).div(deviation));

const baseline = testY.sub(trainY.mean()).square().mean().dataSync()[0];
console.log(`always the mean price: error ${baseline.toFixed(3)}`);

const linear = tf.sequential({layers: [tf.layers.dense({inputShape: [6], units: 1})]});
const hidden = tf.sequential({
  layers: [
    tf.layers.dense({
      inputShape: [6],
      units: 16,
      activation: 'sigmoid',
      kernelInitializer: 'leCunNormal',
    }),
    tf.layers.dense({units: 1}),
  ],
});

for (const [name, model] of Object.entries({linear, hidden})) {
  model.compile({optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError'});
  await model.fit(normalise(trainX), trainY, {
    epochs: 4,
    batchSize: 40,
    verbose: 0,
    callbacks: {
      onEpochEnd: (epoch, {loss}) =>
        console.log(`${name}, epoch ${epoch + 1}: ${name} loss ${loss.toFixed(6)}`),
    },
  });
  const [error] = model.evaluate(normalise(testX), testY, {batchSize: 40}).dataSync();
  console.log(`${name}: test error ${error.toFixed(3)}`);
}
console.log('weights of the linear model');
linear.getWeights()[0].print();
