// SPDX-License-Identifier: Apache-2.0
// A variational autoencoder squeezes digits into two numbers and draws digits from them.

import * as tf from '@tensorflow/tfjs';
import './repeatable.cjs';
import {readDigits} from './digits.mjs';

const PIXELS = 64;
const LATENT = 2;
const BATCH = 40;

/** Draws from the normal distribution that the encoder describes: mean + exp(log variance / 2) * noise. */
class Sampling extends tf.layers.Layer {
  static className = 'Sampling';

  computeOutputShape([shape]) {
    return shape;
  }

  call([mean, logVariance]) {
    return tf.tidy(() => mean.add(logVariance.mul(0.5).exp().mul(tf.randomNormal(mean.shape))));
  }
}
tf.serialization.registerClass(Sampling);

const image = tf.input({shape: [PIXELS]});
const features = tf.layers.dense({units: 32, activation: 'relu'}).apply(image);
const mean = tf.layers.dense({units: LATENT, name: 'mean'}).apply(features);
const logVariance = tf.layers.dense({units: LATENT, name: 'log_variance'}).apply(features);
const sampled = new Sampling({name: 'sample'}).apply([mean, logVariance]);
const encoder = tf.model({inputs: image, outputs: [mean, logVariance, sampled], name: 'encoder'});

const decoder = tf.sequential({
  name: 'decoder',
  layers: [
    tf.layers.dense({units: 32, activation: 'relu', inputShape: [LATENT]}),
    tf.layers.dense({units: PIXELS, activation: 'sigmoid'}),
  ],
});

/** How badly pixels are drawn, and how far the latent distribution is from the standard one. */
function lossOf(pixels) {
  const [mean, logVariance, sampled] = encoder.apply(pixels);
  const drawn = decoder.apply(sampled);
  const reconstruction = tf.losses.meanSquaredError(pixels, drawn).mul(PIXELS);
  const divergence = logVariance.add(1).sub(mean.square()).sub(logVariance.exp()).sum(-1).mean();
  return reconstruction.sub(divergence.mul(0.5));
}

const digits = readDigits();
tf.util.shuffle(digits);
const optimizer = tf.train.adam(0.01);

for (let epoch = 1; epoch <= 3; epoch++) {
  let sum = 0;
  for (let start = 0; start < digits.length; start += BATCH) {
    sum += tf.tidy(() => {
      const batch = tf.tensor2d(digits.slice(start, start + BATCH).map(({pixels}) => pixels));
      const loss = optimizer.minimize(() => lossOf(batch), true);
      return loss.dataSync()[0];
    });
  }
  console.log(`epoch ${epoch}: loss ${((sum * BATCH) / digits.length).toFixed(6)}`);
}

const SHADES = ' .:-=+*#%@';
const drawn = tf.tidy(() =>
  decoder
    .predict(tf.tensor2d([[0.5, -0.5]]))
    .reshape([8, 8])
    .arraySync(),
);
for (const row of drawn) {
  console.log(row.map(value => SHADES[Math.min(9, Math.floor(value * 10))].repeat(2)).join(''));
}
