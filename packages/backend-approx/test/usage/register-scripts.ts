// SPDX-License-Identifier: Apache-2.0
/** Scripts that never mention approx, as an ES module and as CommonJS. */

/** 1.5 * 1.5 is 2 with Mitchell's multiplier; the op runs before anything is awaited. */
const BODY = `
const product = tf.matMul([[1.5]], [[1.5]]);
const backend = tf.getBackend();
async function main() {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({units: 4, inputShape: [3], activation: 'relu', kernelInitializer: 'ones'}),
      tf.layers.dense({units: 1, kernelInitializer: 'ones'}),
    ],
  });
  model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
  const xs = tf.tensor2d([[0.1, 0.7, 0.3], [0.9, 0.2, 0.6], [0.3, 0.3, 0.8], [0.5, 1.1, 0.4]]);
  const ys = tf.tensor2d([[1], [2], [3], [4]]);
  await model.fit(xs, ys, {epochs: 3, batchSize: 4, shuffle: false, verbose: 0});
  const weights = [...(await model.getWeights()[0].data())];
  const [mitchell] = await product.data();
  console.log(JSON.stringify({backend, product: mitchell, weights}));
}
`;

export const SCRIPTS: Readonly<Record<string, string>> = {
  'script.mjs': `import * as tf from '@tensorflow/tfjs';\n${BODY}await main();\n`,
  'script.cjs': `const tf = require('@tensorflow/tfjs');\n${BODY}main();\n`,
};
