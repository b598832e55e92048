// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {
  type ImageSet,
  batchesPerEpoch,
  epochOrder,
  oneHot,
  pick,
  seededBatches,
  seededDataset,
  take,
  toTensors,
} from './index.js';

/** Ten 1x2 images: image i holds i and -i, its class is i mod 3. */
const set: ImageSet = {
  size: 10,
  imageShape: [1, 2, 1],
  images: Float32Array.from({length: 20}, (_, j) => (j % 2 ? -1 : 1) * Math.floor(j / 2)),
  labels: Uint8Array.from({length: 10}, (_, i) => i % 3),
  classes: 3,
};

/** Which images the batches of an epoch hold. */
function indices(batches: Iterable<{xs: tf.Tensor4D; ys: tf.Tensor2D}>): number[][] {
  return [...batches].map(({xs, ys}) => {
    const pixels = xs.dataSync();
    const seen = Array.from({length: xs.shape[0]}, (_, i) => pixels[2 * i]);
    expect([...ys.argMax(1).dataSync()]).to.deep.equal(seen.map(i => i % 3));
    tf.dispose([xs, ys]);
    return seen;
  });
}

describe('image sets', () => {
  before(() => tf.setBackend('cpu'));

  it('become tensors with one-hot labels', () => {
    const {xs, ys} = toTensors(take(set, 4));
    expect(xs.shape).to.deep.equal([4, 1, 2, 1]);
    expect(xs.dtype).to.equal('float32');
    expect(ys.arraySync()).to.deep.equal([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  it('give elements by index, and say when one is outside', () => {
    const picked = pick(set, [9, 0, 9]);
    expect([...picked.images]).to.deep.equal([9, -9, 0, -0, 9, -9]);
    expect([...picked.labels]).to.deep.equal([0, 0, 0]);
    expect(() => pick(set, [10])).to.throw(RangeError, /index 10 .* 10 images/);
    expect(() => oneHot(Uint8Array.of(3), 3)).to.throw(RangeError, /label 3 .* 3 classes/);
    expect(take(set, 99).size).to.equal(10);
  });
});

describe('seeded batches', () => {
  before(() => tf.setBackend('cpu'));

  it('hold every image once per epoch, the last batch the rest', () => {
    const batches = indices(seededBatches(set, {batchSize: 4, seed: 1}, 0));
    expect(batches.map(batch => batch.length)).to.deep.equal([4, 4, 2]);
    expect(batches.flat().sort((a, b) => a - b)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(batchesPerEpoch(10, 4)).to.equal(3);
  });

  it('depend on seed and epoch and on nothing else', () => {
    const epoch = (seed: number, e: number) =>
      indices(seededBatches(set, {batchSize: 4, seed}, e)).flat();
    expect(epoch(1, 0)).to.deep.equal(epoch(1, 0));
    expect(epoch(1, 0)).to.deep.equal([...epochOrder(10, 1, 0)]);
    expect(epoch(1, 0)).to.not.deep.equal(epoch(1, 1));
    expect(epoch(1, 0)).to.not.deep.equal(epoch(2, 0));
  });

  it('reach fitDataset epoch by epoch, and leave no tensor behind', async () => {
    const visited: number[][] = [];
    // The class of a layer that notes what it is given.
    class Spy extends tf.layers.Layer {
      static className = 'Spy';
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        const pixels = x.dataSync();
        visited.push(Array.from({length: x.shape[0]}, (_, i) => pixels[2 * i]));
        return x.clone();
      }
    }
    const model = tf.sequential();
    model.add(new Spy({inputShape: [1, 2, 1]}));
    model.add(tf.layers.flatten());
    model.add(tf.layers.dense({units: 3, activation: 'softmax'}));
    model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});

    const train = async () => {
      visited.length = 0;
      await model.fitDataset(seededDataset(set, {batchSize: 4, seed: 5}), {epochs: 3});
      return visited.slice();
    };
    const first = await train();
    const tensors = tf.memory().numTensors;
    expect(await train()).to.deep.equal(first);
    expect(tf.memory().numTensors).to.equal(tensors);
    const expected = [0, 1, 2].flatMap(e =>
      indices(seededBatches(set, {batchSize: 4, seed: 5}, e)),
    );
    expect(first).to.deep.equal(expected);
  });

  it('refuse a batch size that is none', () => {
    expect(() => seededDataset(set, {batchSize: 0, seed: 1})).to.throw(RangeError, /batchSize.*0/);
    expect(() => [...seededBatches(set, {batchSize: 1.5, seed: 1}, 0)]).to.throw(/1\.5/);
  });
});
