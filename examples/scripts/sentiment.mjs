// SPDX-License-Identifier: Apache-2.0
// Is a review good or bad? Word embeddings and 1-D convolutions over (made-up) reviews.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const GOOD = ['wonderful', 'moving', 'brilliant', 'funny', 'charming', 'gripping'];
const BAD = ['dull', 'awful', 'tedious', 'clumsy', 'pointless', 'noisy'];
const OTHER = 'the a film plot story cast was and with it that of scenes ending very quite'.split(
  ' ',
);
// 0 pads, 1 stands for words that are not in the list.
const vocabulary = new Map([...GOOD, ...BAD, ...OTHER].map((word, i) => [word, i + 2]));
const LENGTH = 12;

const pick = words => words[Math.floor(Math.random() * words.length)];

function makeReview(isGood) {
  const words = Array.from({length: 6 + Math.floor(Math.random() * 5)}, () => pick(OTHER));
  for (let i = 0; i < 2; i++) words.splice(2 * i + 1, 0, pick(isGood ? GOOD : BAD));
  return words.join(' ');
}

function toIndices(review) {
  const indices = review.split(' ').map(word => vocabulary.get(word) ?? 1);
  return [...Array(Math.max(0, LENGTH - indices.length)).fill(0), ...indices.slice(-LENGTH)];
}

const labels = Array.from({length: 128}, (_, i) => i % 2);
const reviews = labels.map(label => makeReview(label === 1));
const xs = tf.tensor2d(reviews.map(toIndices));
const ys = tf.tensor2d(labels.map(label => [label]));

const model = tf.sequential();
model.add(tf.layers.embedding({inputDim: vocabulary.size + 2, outputDim: 12, inputLength: LENGTH}));
model.add(tf.layers.dropout({rate: 0.1}));
model.add(tf.layers.conv1d({filters: 16, kernelSize: 3, activation: 'relu'}));
model.add(tf.layers.conv1d({filters: 16, kernelSize: 3, activation: 'relu'}));
model.add(tf.layers.globalMaxPool1d({}));
model.add(tf.layers.dense({units: 8, activation: 'relu'}));
model.add(tf.layers.dense({units: 1, activation: 'sigmoid'}));
model.compile({
  optimizer: tf.train.adam(0.01),
  loss: 'binaryCrossentropy',
  metrics: ['accuracy'],
});

await model.fit(xs, ys, {
  epochs: 3,
  batchSize: 32,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, {loss, acc}) =>
      console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}, accuracy ${acc.toFixed(3)}`),
  },
});

for (const review of ['the film was wonderful and very moving', 'a dull plot with awful scenes']) {
  const [score] = tf.tidy(() => model.predict(tf.tensor2d([toIndices(review)])).dataSync());
  console.log(`${score.toFixed(3)}  ${review}`);
}
