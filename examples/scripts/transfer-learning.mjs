// SPDX-License-Identifier: Apache-2.0
// A network that knows the digits 0 to 4 learns 5 to 9: saved, loaded, its convolutions frozen, with a new head.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';
import {readDigits} from './digits.mjs';

const digits = readDigits();
const CLASSES = 5;

function select(first) {
  const chosen = digits.filter(({label}) => label >= first && label < first + CLASSES);
  return tf.tidy(() => ({
    xs: tf.tensor2d(chosen.map(({pixels}) => pixels)).reshape([-1, 8, 8, 1]),
    ys: tf.oneHot(
      chosen.map(({label}) => label - first),
      CLASSES,
    ),
  }));
}

async function train(model, {xs, ys}, name) {
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(xs, ys, {
    epochs: 3,
    batchSize: 25,
    verbose: 0,
    callbacks: {
      onEpochEnd: (epoch, {loss, acc}) =>
        console.log(
          `${name}, epoch ${epoch + 1}: ${name} loss ${loss.toFixed(6)}, accuracy ${acc.toFixed(3)}`,
        ),
    },
  });
}

const base = tf.sequential({
  layers: [
    tf.layers.conv2d({inputShape: [8, 8, 1], filters: 8, kernelSize: 3, activation: 'relu'}),
    tf.layers.depthwiseConv2d({kernelSize: 3, activation: 'relu'}),
    tf.layers.flatten({name: 'features'}),
    tf.layers.dense({units: CLASSES, activation: 'softmax'}),
  ],
});
await train(base, select(0), 'base');

let saved;
await base.save(
  tf.io.withSaveHandler(async artifacts => {
    saved = artifacts;
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
  }),
);
const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));

const features = loaded.getLayer('features');
for (const layer of loaded.layers) layer.trainable = false;
const head = tf.layers
  .dense({units: 16, activation: 'relu', name: 'new_hidden'})
  .apply(features.output);
const output = tf.layers
  .dense({units: CLASSES, activation: 'softmax', name: 'new_classes'})
  .apply(head);
const model = tf.model({inputs: loaded.inputs, outputs: output});
console.log('trained:', model.trainableWeights.map(({name}) => name).join(' '));

const frozen = loaded.layers[0].getWeights()[0].dataSync().slice();
await train(model, select(5), 'transfer');
const after = loaded.layers[0].getWeights()[0].dataSync();
console.log(
  'frozen weights changed:',
  frozen.some((value, i) => value !== after[i]),
);
