// SPDX-License-Identifier: Apache-2.0
// An auxiliary-classifier GAN: a generator draws a wanted digit, a discriminator says whether an image is real and
// which digit it is.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';
import {readDigits} from './digits.mjs';

const LATENT = 12;
const CLASSES = 10;
const BATCH = 20;
const STEPS = 8;

function createGenerator() {
  const latent = tf.input({shape: [LATENT]});
  const digit = tf.input({shape: [1]});
  const drawn = tf.sequential({
    layers: [
      tf.layers.dense({units: 2 * 2 * 16, inputShape: [LATENT], activation: 'relu'}),
      tf.layers.reshape({targetShape: [2, 2, 16]}),
      tf.layers.conv2dTranspose({
        filters: 8,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
      }),
      tf.layers.batchNormalization(),
      tf.layers.conv2dTranspose({
        filters: 1,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'tanh',
      }),
    ],
  });
  const wanted = tf.layers
    .flatten()
    .apply(tf.layers.embedding({inputDim: CLASSES, outputDim: LATENT}).apply(digit));
  const product = tf.layers.multiply().apply([latent, wanted]);
  return tf.model({inputs: [latent, digit], outputs: drawn.apply(product), name: 'generator'});
}

function createDiscriminator() {
  const image = tf.input({shape: [8, 8, 1]});
  const features = tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        inputShape: [8, 8, 1],
      }),
      tf.layers.leakyReLU({alpha: 0.2}),
      tf.layers.dropout({rate: 0.2}),
      tf.layers.conv2d({filters: 16, kernelSize: 3, padding: 'same'}),
      tf.layers.leakyReLU({alpha: 0.2}),
      tf.layers.flatten(),
    ],
  });
  const seen = features.apply(image);
  const isReal = tf.layers.dense({units: 1, activation: 'sigmoid'}).apply(seen);
  const digit = tf.layers.dense({units: CLASSES, activation: 'softmax'}).apply(seen);
  return tf.model({inputs: image, outputs: [isReal, digit], name: 'discriminator'});
}

const losses = ['binaryCrossentropy', 'sparseCategoricalCrossentropy'];
const discriminator = createDiscriminator();
discriminator.compile({optimizer: tf.train.adam(0.005, 0.5), loss: losses});

const generator = createGenerator();
const latentInput = tf.input({shape: [LATENT]});
const digitInput = tf.input({shape: [1]});
// In the combined model only the generator learns.
discriminator.trainable = false;
const combined = tf.model({
  inputs: [latentInput, digitInput],
  outputs: discriminator.apply(generator.apply([latentInput, digitInput])),
});
combined.compile({optimizer: tf.train.adam(0.005, 0.5), loss: losses});

const digits = readDigits();
tf.util.shuffle(digits);
const images = tf.tidy(() =>
  tf
    .tensor2d(digits.map(({pixels}) => pixels))
    .reshape([-1, 8, 8, 1])
    .mul(2)
    .sub(1),
);
const labels = tf.tensor2d(digits.map(({label}) => [label]));

const drawLatent = count => tf.randomNormal([count, LATENT]);
const drawDigits = count =>
  tf.tensor2d(Array.from({length: count}, () => [Math.floor(Math.random() * CLASSES)]));

async function trainDiscriminator(step) {
  const [x, y, classes] = tf.tidy(() => {
    const start = (step * BATCH) % digits.length;
    const real = images.slice([start, 0, 0, 0], [BATCH, 8, 8, 1]);
    const wanted = drawDigits(BATCH);
    const fake = generator.predict([drawLatent(BATCH), wanted], {batchSize: BATCH});
    return [
      tf.concat([real, fake]),
      // Not quite 1, so that the discriminator does not become too sure.
      tf.concat([tf.fill([BATCH, 1], 0.95), tf.zeros([BATCH, 1])]),
      tf.concat([labels.slice([start, 0], [BATCH, 1]), wanted]),
    ];
  });
  const result = await discriminator.trainOnBatch(x, [y, classes]);
  tf.dispose([x, y, classes]);
  return result;
}

async function trainGenerator() {
  const [latent, wanted, trick] = [drawLatent(BATCH), drawDigits(BATCH), tf.fill([BATCH, 1], 0.95)];
  const result = await combined.trainOnBatch([latent, wanted], [trick, wanted]);
  tf.dispose([latent, wanted, trick]);
  return result;
}

for (let step = 0; step < STEPS; step++) {
  const [discriminatorLoss] = await trainDiscriminator(step);
  const [generatorLoss] = await trainGenerator();
  console.log(
    `step ${step + 1}: discriminator loss ${discriminatorLoss.toFixed(6)}, ` +
      `generator loss ${generatorLoss.toFixed(6)}`,
  );
}

const [brightness] = tf.tidy(() =>
  generator
    .predict([drawLatent(1), tf.tensor2d([[3]])])
    .mean()
    .dataSync(),
);
console.log(`mean of a drawn 3: ${brightness.toFixed(4)}`);
