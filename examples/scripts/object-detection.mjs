// SPDX-License-Identifier: Apache-2.0
// Where is the shape, and is it a disc or a box? Pictures are drawn on canvases and read by tf.browser.fromPixels.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';
import {Canvas} from './canvas.mjs';

const SIDE = 16;
const COUNT = 48;
const random = (low, high) => low + Math.random() * (high - low);

/** @returns a canvas, and what is on it: [1 for a disc, x and y of the middle, width and height], 0 .. 1. */
function drawExample() {
  const canvas = new Canvas(SIDE, SIDE);
  const context = canvas.getContext('2d');
  context.fillStyle = [20, 20, 40];
  context.fillRect(0, 0, SIDE, SIDE);
  for (let i = 0; i < 6; i++) {
    context.fillStyle = [90, 90, 90];
    context.fillRect(random(0, SIDE), random(0, SIDE), 1, 1);
  }
  const isDisc = Math.random() < 0.5;
  const [width, height] = isDisc ? [8, 8] : [random(4, 6), random(6, 10)];
  const [x, y] = [random(width / 2, SIDE - width / 2), random(height / 2, SIDE - height / 2)];
  context.fillStyle = isDisc ? [240, 200, 60] : [80, 160, 240];
  if (isDisc) {
    context.fillDisc(x, y, width / 2);
  } else {
    context.fillRect(x - width / 2, y - height / 2, width, height);
  }
  return {canvas, target: [Number(isDisc), ...[x, y, width, height].map(value => value / SIDE)]};
}

const examples = Array.from({length: COUNT}, drawExample);
const {images, targets} = tf.tidy(() => ({
  images: tf
    .stack(examples.map(({canvas}) => tf.browser.fromPixels(canvas)))
    .toFloat()
    .div(255),
  targets: tf.tensor2d(examples.map(({target}) => target)),
}));
console.log(`images ${images.shape}, mean ${images.mean().dataSync()[0].toFixed(6)}`);

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({inputShape: [SIDE, SIDE, 3], filters: 6, kernelSize: 3, activation: 'relu'}),
    tf.layers.maxPooling2d({poolSize: 2}),
    tf.layers.separableConv2d({filters: 8, kernelSize: 3, activation: 'relu'}),
    tf.layers.flatten(),
    tf.layers.dense({units: 24, activation: 'relu'}),
    tf.layers.dense({units: 5}),
  ],
});

/** The kind of shape weighs less than a place that is wrong. */
function detectionLoss(expected, predicted) {
  return tf.tidy(() => {
    const weights = tf.tensor1d([0.2, 1, 1, 1, 1]);
    return expected.sub(predicted).mul(weights).square().mean(-1);
  });
}

model.compile({optimizer: tf.train.rmsprop(0.003), loss: detectionLoss});
await model.fit(images, targets, {
  epochs: 4,
  batchSize: 16,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, {loss}) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(6)}`),
  },
});

const [[kind, ...box]] = tf.tidy(() => model.predict(images.slice([0], [1])).arraySync());
const percent = values => values.map(value => `${Math.round(100 * value)} %`).join(', ');
console.log(`first picture: ${kind > 0.5 ? 'disc' : 'box'} at ${percent(box)}`);
console.log(`really       : ${percent(examples[0].target.slice(1))}`);
