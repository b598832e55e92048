// SPDX-License-Identifier: Apache-2.0
// Dates in many notations become ISO dates: LSTM encoder and decoder with attention between them.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const two = number => String(number).padStart(2, '0');
const NOTATIONS = [
  (y, m, d) => `${d} ${MONTHS[m - 1]} ${y}`,
  (y, m, d) => `${MONTHS[m - 1]} ${d} ${y}`,
  (y, m, d) => `${two(m)}/${two(d)}/${y}`,
  (y, m, d) => `${d}.${m}.${y}`,
];
// 0 pads.
const INPUT = ['', ...'0123456789 ./ABCDEFGJLMNOPRSTUVY'];
const INPUT_LENGTH = 11;
// 0 pads, 1 starts.
const OUTPUT = ['', '^', ...'0123456789-'];
const OUTPUT_LENGTH = 10;

/** The last step of a sequence: [batch, steps, units] -> [batch, units]. */
class LastStep extends tf.layers.Layer {
  static className = 'LastStep';

  computeOutputShape([batch, , units]) {
    return [batch, units];
  }

  call(inputs) {
    return tf.tidy(() => {
      const sequence = Array.isArray(inputs) ? inputs[0] : inputs;
      const [batch, steps, units] = sequence.shape;
      return sequence.slice([0, steps - 1, 0], [batch, 1, units]).reshape([batch, units]);
    });
  }
}
tf.serialization.registerClass(LastStep);

function createModel() {
  const question = tf.input({shape: [INPUT_LENGTH]});
  const written = tf.input({shape: [OUTPUT_LENGTH]});
  const embed = inputDim => tf.layers.embedding({inputDim, outputDim: 12});
  const lstm = () => tf.layers.lstm({units: 16, returnSequences: true});

  const encoded = lstm().apply(embed(INPUT.length).apply(question));
  const last = new LastStep({name: 'last'}).apply(encoded);
  const decoded = lstm().apply(embed(OUTPUT.length).apply(written), {initialState: [last, last]});

  const scores = tf.layers.dot({axes: [2, 2], name: 'scores'}).apply([decoded, encoded]);
  const attention = tf.layers.activation({activation: 'softmax', name: 'attention'}).apply(scores);
  const context = tf.layers.dot({axes: [2, 1], name: 'context'}).apply([attention, encoded]);
  const both = tf.layers.concatenate().apply([context, decoded]);

  const dense = (units, activation) =>
    tf.layers.timeDistributed({layer: tf.layers.dense({units, activation})});
  const output = dense(OUTPUT.length, 'softmax').apply(dense(16, 'tanh').apply(both));
  return tf.model({inputs: [question, written], outputs: output});
}

const indices = (text, alphabet, length) =>
  Array.from({length}, (_, i) => (i < text.length ? alphabet.indexOf(text[i]) : 0));

function makeData(count) {
  const questions = [];
  const answers = [];
  for (let i = 0; i < count; i++) {
    const [y, m, d] = [
      [1950, 2049],
      [1, 12],
      [1, 28],
    ].map(([low, high]) => low + Math.floor(Math.random() * (high - low + 1)));
    questions.push(indices(NOTATIONS[i % NOTATIONS.length](y, m, d), INPUT, INPUT_LENGTH));
    answers.push(indices(`${y}-${two(m)}-${two(d)}`, OUTPUT, OUTPUT_LENGTH));
  }
  return tf.tidy(() => {
    const answer = tf.tensor2d(answers, undefined, 'int32');
    // The decoder reads what was written before: one step late, after the start sign.
    const start = tf.ones([count, 1], 'int32');
    const written = tf.concat([start, answer.slice([0, 0], [count, OUTPUT_LENGTH - 1])], 1);
    const question = tf.tensor2d(questions, undefined, 'int32');
    return {question, written, target: tf.oneHot(answer, OUTPUT.length)};
  });
}

const model = createModel();
model.compile({optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy'});
const {question, written, target} = makeData(64);
await model.fit([question, written], target, {
  epochs: 3,
  batchSize: 32,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, {loss}) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}`),
  },
});

// Written step by step, each character after the ones before; and where the model looks meanwhile.
const text = '3 MAR 2021';
const looks = tf.model({inputs: model.inputs, outputs: model.getLayer('attention').output});
let iso = '';
for (let i = 0; i < 3; i++) {
  iso += tf.tidy(() => {
    const before = [indices(`^${iso}`, OUTPUT, OUTPUT_LENGTH)];
    const inputs = [tf.tensor2d([indices(text, INPUT, INPUT_LENGTH)]), tf.tensor2d(before)];
    const [, first] = looks.predict(inputs).argMax(-1).arraySync()[0];
    const next = model.predict(inputs).argMax(-1).arraySync()[0][i];
    console.log(`character ${i + 1} is '${OUTPUT[next]}', looking at '${text[first] ?? ''}'`);
    return OUTPUT[next];
  });
}
