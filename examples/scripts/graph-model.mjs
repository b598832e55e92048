// SPDX-License-Identifier: Apache-2.0
// A network that was trained in Keras and converted to a graph model: what it predicts, and a new head for digits
// that is trained on its features.

import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';
import {readDigits} from './digits.mjs';

const FEATURES = 'StatefulPartitionedCall/small/flatten/Reshape';

/** Reads the folder that the tensorflowjs converter has written. */
const fromFolder = folder => ({
  load: async () => {
    const read = name => readFileSync(new URL(`${folder}/${name}`, import.meta.url));
    const {modelTopology, weightsManifest} = JSON.parse(read('model.json').toString());
    const weights = Buffer.concat(weightsManifest.flatMap(group => group.paths.map(read)));
    return {
      modelTopology,
      weightSpecs: weightsManifest.flatMap(group => group.weights),
      weightData: new Uint8Array(weights).buffer,
    };
  },
});

const graph = await tf.loadGraphModel(fromFolder('data/graph-model'));
console.log('inputs', graph.inputs.map(({name, shape}) => `${name} ${shape}`).join(', '));

const digits = readDigits();
tf.util.shuffle(digits);
const images = tf.tensor2d(digits.map(({pixels}) => pixels)).reshape([-1, 8, 8, 1]);
const labels = tf.oneHot(
  digits.map(({label}) => label),
  10,
);

const probabilities = graph.predict(images.slice([0], [3]));
probabilities.print();

const features = graph.execute(images, FEATURES);
const head = tf.sequential({
  layers: [
    tf.layers.dense({inputShape: features.shape.slice(1), units: 16, activation: 'relu'}),
    tf.layers.dense({units: 10, activation: 'softmax'}),
  ],
});
head.compile({
  optimizer: tf.train.adam(0.02),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});
await head.fit(features, labels, {
  epochs: 4,
  batchSize: 40,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, {loss, acc}) =>
      console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}, accuracy ${acc.toFixed(3)}`),
  },
});
