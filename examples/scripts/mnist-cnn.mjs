// SPDX-License-Identifier: Apache-2.0
// A convolutional network learns to read handwritten digits.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';
import {readDigits} from './digits.mjs';

const digits = readDigits();

function toTensors(examples) {
  return tf.tidy(() => ({
    xs: tf.tensor2d(examples.map(({pixels}) => pixels)).reshape([-1, 8, 8, 1]),
    ys: tf.oneHot(
      examples.map(({label}) => label),
      10,
    ),
  }));
}

const train = toTensors(digits.slice(0, 160));
const test = toTensors(digits.slice(160));

const model = tf.sequential();
model.add(tf.layers.conv2d({inputShape: [8, 8, 1], filters: 8, kernelSize: 3, activation: 'relu'}));
model.add(tf.layers.maxPooling2d({poolSize: 2}));
model.add(tf.layers.conv2d({filters: 16, kernelSize: 2, activation: 'relu'}));
model.add(tf.layers.flatten());
model.add(tf.layers.dropout({rate: 0.1}));
model.add(tf.layers.dense({units: 10, activation: 'softmax'}));
model.compile({
  optimizer: tf.train.adam(0.01),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});
model.summary();

await model.fit(train.xs, train.ys, {
  epochs: 3,
  batchSize: 32,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, {loss, acc}) =>
      console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}, accuracy ${acc.toFixed(3)}`),
  },
});

const [testLoss, testAccuracy] = model.evaluate(test.xs, test.ys).map(t => t.dataSync()[0]);
console.log(`test loss ${testLoss.toFixed(6)}, test accuracy ${testAccuracy.toFixed(3)}`);

tf.tidy(() => {
  const predicted = model.predict(test.xs.slice([0], [10])).argMax(-1);
  console.log('predicted', predicted.arraySync().join(' '));
  console.log('labels   ', test.ys.slice([0], [10]).argMax(-1).arraySync().join(' '));
});
