// SPDX-License-Identifier: Apache-2.0
// An encoder and a decoder learn to add: '12+7 ' is read and '19 ' written, character by character, by each
// kind of recurrent layer in turn.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const CHARACTERS = '0123456789+ ';
const DIGITS = 2;
const QUESTION = 2 * DIGITS + 1;
const ANSWER = DIGITS + 1;
const EXAMPLES = 96;

function encode(texts, length) {
  return tf.tidy(() => {
    const indices = texts.map(text => [...text.padEnd(length)].map(c => CHARACTERS.indexOf(c)));
    return tf.oneHot(tf.tensor2d(indices, undefined, 'int32'), CHARACTERS.length).toFloat();
  });
}

function decode(probabilities) {
  return tf.tidy(() =>
    probabilities
      .argMax(-1)
      .arraySync()
      .map(row => row.map(index => CHARACTERS[index]).join('')),
  );
}

const questions = [];
const answers = [];
for (let i = 0; i < EXAMPLES; i++) {
  const [a, b] = [0, 0].map(() => Math.floor(Math.random() * 10 ** DIGITS));
  questions.push(`${a}+${b}`);
  answers.push(String(a + b));
}
const xs = encode(questions, QUESTION);
const ys = encode(answers, ANSWER);

const RECURRENT = {
  simpleRNN: tf.layers.simpleRNN,
  gru: tf.layers.gru,
  lstm: tf.layers.lstm,
};

for (const [kind, recurrent] of Object.entries(RECURRENT)) {
  const model = tf.sequential();
  model.add(recurrent({units: 20, inputShape: [QUESTION, CHARACTERS.length]}));
  model.add(tf.layers.repeatVector({n: ANSWER}));
  model.add(recurrent({units: 20, returnSequences: true}));
  model.add(tf.layers.timeDistributed({layer: tf.layers.dense({units: CHARACTERS.length})}));
  model.add(tf.layers.activation({activation: 'softmax'}));
  model.compile({optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy'});

  await model.fit(xs, ys, {
    epochs: 3,
    batchSize: 48,
    verbose: 0,
    callbacks: {
      onEpochEnd: (epoch, {loss}) =>
        console.log(`${kind}, epoch ${epoch + 1}: ${kind} loss ${loss.toFixed(6)}`),
    },
  });
  const [answer] = decode(model.predict(xs.slice([0], [1])));
  console.log(`${kind}: ${questions[0]} = ${answers[0]}, answered ${answer}`);
}
