// SPDX-License-Identifier: Apache-2.0
// Sequences of unequal length, padded with zeros that recurrent layers skip: by a masking layer over vectors, and by
// an embedding with maskZero over words.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const STEPS = 6;
const COUNT = 64;

/** Vectors: is the sum of the first component above that of the second? */
function makeVectors() {
  const sequences = [];
  const labels = [];
  for (let i = 0; i < COUNT; i++) {
    const length = 1 + Math.floor(Math.random() * STEPS);
    const sequence = Array.from({length: STEPS}, (_, t) =>
      t < length ? [Math.random(), Math.random()] : [0, 0],
    );
    sequences.push(sequence);
    labels.push([sequence.reduce((sum, [a, b]) => sum + a - b, 0) > 0 ? 1 : 0]);
  }
  return {xs: tf.tensor3d(sequences), ys: tf.tensor2d(labels)};
}

/** Words 1 .. 9: does word 7 occur? */
function makeWords() {
  const sequences = Array.from({length: COUNT}, () => {
    const length = 2 + Math.floor(Math.random() * (STEPS - 1));
    return Array.from({length: STEPS}, (_, t) =>
      t < length ? 1 + Math.floor(Math.random() * 9) : 0,
    );
  });
  return {
    xs: tf.tensor2d(sequences),
    ys: tf.tensor2d(sequences.map(sequence => [sequence.includes(7) ? 1 : 0])),
  };
}

const vectors = tf.sequential({
  layers: [
    tf.layers.masking({maskValue: 0, inputShape: [STEPS, 2]}),
    tf.layers.gru({units: 8}),
    tf.layers.dense({units: 1, activation: 'sigmoid'}),
  ],
});
const words = tf.sequential({
  layers: [
    tf.layers.embedding({inputDim: 10, outputDim: 6, maskZero: true, inputLength: STEPS}),
    tf.layers.bidirectional({layer: tf.layers.lstm({units: 6}), mergeMode: 'concat'}),
    tf.layers.dense({units: 1, activation: 'sigmoid'}),
  ],
});

for (const [name, model, {xs, ys}] of [
  ['vectors', vectors, makeVectors()],
  ['words', words, makeWords()],
]) {
  model.compile({optimizer: tf.train.adam(0.05), loss: 'binaryCrossentropy'});
  await model.fit(xs, ys, {
    epochs: 4,
    batchSize: 32,
    verbose: 0,
    callbacks: {
      onEpochEnd: (epoch, {loss}) =>
        console.log(`${name}, epoch ${epoch + 1}: ${name} loss ${loss.toFixed(6)}`),
    },
  });
}

// Padding that is skipped does not change the answer; without the mask it would.
const [short, padded] = tf.tidy(() => {
  const predict = sequence => vectors.predict(tf.tensor3d([sequence])).dataSync()[0];
  const start = [
    [0.9, 0.1],
    [0.3, 0.2],
  ];
  const rest = value => Array(STEPS - 2).fill([value, value]);
  return [predict([...start, ...rest(0)]), predict([...start, ...rest(1e-7)])];
});
console.log(`masked ${short.toFixed(4)}, not masked ${padded.toFixed(4)}`);
