// SPDX-License-Identifier: Apache-2.0
// A dense network tells three species of iris apart, in CommonJS.
// Data: R. A. Fisher, Iris, UCI Machine Learning Repository, 1936, https://doi.org/10.24432/C56C76, CC BY 4.0.

const {readFileSync} = require('node:fs');
const {join} = require('node:path');
const tf = require('@tensorflow/tfjs');
require('./repeatable.cjs');

const SPECIES = ['setosa', 'versicolor', 'virginica'];

const [, ...lines] = readFileSync(join(__dirname, 'data', 'iris.csv'), 'utf8')
  .trim()
  .split('\n');
const flowers = lines.map(line => {
  const cells = line.split(',');
  return {features: cells.slice(0, 4).map(Number), species: SPECIES.indexOf(cells[4])};
});
tf.util.shuffle(flowers);

const xs = tf.tensor2d(flowers.map(({features}) => features));
const ys = tf.oneHot(
  tf.tensor1d(
    flowers.map(({species}) => species),
    'int32',
  ),
  SPECIES.length,
);

const model = tf.sequential({
  layers: [
    tf.layers.dense({units: 10, activation: 'sigmoid', inputShape: [4]}),
    tf.layers.dense({units: SPECIES.length, activation: 'softmax'}),
  ],
});
model.compile({
  optimizer: tf.train.adam(0.05),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});

async function main() {
  const {history} = await model.fit(xs, ys, {
    epochs: 6,
    batchSize: 32,
    validationSplit: 0.2,
    verbose: 0,
  });
  history.loss.forEach((loss, epoch) =>
    console.log(
      `epoch ${epoch + 1}: loss ${loss.toFixed(6)}, ` +
        `validation loss ${history.val_loss[epoch].toFixed(6)}`,
    ),
  );

  tf.tidy(() => {
    const newcomer = tf.tensor2d([[5.1, 3.4, 1.5, 0.3]]);
    const probabilities = model.predict(newcomer);
    probabilities.print();
    console.log('looks like', SPECIES[probabilities.argMax(-1).dataSync()[0]]);
  });
}

main();
