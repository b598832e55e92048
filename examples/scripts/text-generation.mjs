// SPDX-License-Identifier: Apache-2.0
// An LSTM learns which character comes next and writes a line. Edward Lear, The Owl and the Pussy-Cat, 1871.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const TEXT = `The Owl and the Pussy-cat went to sea
In a beautiful pea-green boat,
They took some honey, and plenty of money,
Wrapped up in a five-pound note.
`.toLowerCase();
const LENGTH = 8;
const alphabet = [...new Set(TEXT)].sort().join('');

const encode = texts =>
  tf.tidy(() =>
    tf
      .oneHot(
        tf.tensor2d(
          texts.map(text => [...text].map(c => alphabet.indexOf(c))),
          undefined,
          'int32',
        ),
        alphabet.length,
      )
      .toFloat(),
  );

const starts = Array.from({length: TEXT.length - LENGTH}, (_, i) => i);
const examples = tf.data
  .array(starts)
  .shuffle(starts.length, '7')
  .batch(48)
  .map(batch => {
    const at = batch.arraySync();
    return {
      xs: encode(at.map(i => TEXT.slice(i, i + LENGTH))),
      ys: encode(at.map(i => TEXT[i + LENGTH])).squeeze([1]),
    };
  });

const model = tf.sequential({
  layers: [
    tf.layers.lstm({units: 20, inputShape: [LENGTH, alphabet.length]}),
    tf.layers.dense({units: alphabet.length, activation: 'softmax'}),
  ],
});
model.compile({optimizer: tf.train.rmsprop(0.02), loss: 'categoricalCrossentropy'});

await model.fitDataset(examples, {
  epochs: 3,
  verbose: 0,
  callbacks: {
    onEpochEnd: async (epoch, {loss}) => {
      console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}`);
      await tf.nextFrame();
    },
  },
});

/** Draws the next character; a low temperature prefers the likely ones. */
function sample(probabilities, temperature) {
  return tf.tidy(() => {
    const logits = probabilities.log().div(temperature);
    return tf.multinomial(logits, 1, 3).dataSync()[0];
  });
}

let written = 'the owl ';
for (let i = 0; i < 8; i++) {
  const probabilities = tf.tidy(() => model.predict(encode([written.slice(-LENGTH)])).squeeze());
  written += alphabet[sample(probabilities, 0.5)];
  probabilities.dispose();
}
console.log('written:', JSON.stringify(written));
