// SPDX-License-Identifier: Apache-2.0
/** Kernels that the cpu engine does itself: the bits, shapes and types of stock tfjs. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setEngine} from '../../index.js';
import {expectSameBits} from '../../testing/compare.js';
import {randomFloats} from '../../testing/random.js';
import {replacements} from './replacements.js';

const OPTIONS = {
  exponents: [-20, 20],
  zeros: 0.1,
  specials: [NaN, Infinity, -Infinity, 1e-42, 3e38, -0],
  share: 0.1,
} as const;

function tensor(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(randomFloats(tf.util.sizeFromShape(shape), seed, OPTIONS), shape);
}

type Run = () => tf.Tensor;

async function expectStock(run: Run): Promise<void> {
  const results: tf.Tensor[] = [];
  for (const start of [() => tf.setBackend('cpu'), () => setEngine('cpu')]) {
    await start();
    const values = tf.tidy(run);
    results.push(values);
    if (results.length === 1) await values.data();
    else {
      const [stock] = results;
      expect(values.shape).to.deep.equal(stock.shape);
      expect(values.dtype).to.equal(stock.dtype);
      expectSameBits('values', values.dataSync(), stock.dataSync());
    }
  }
  tf.dispose(results);
}

/** Equal, repeated along the last dimensions, one number, and what the stock kernel must do. */
const SHAPES: Array<[number[], number[]]> = [
  [
    [3, 4, 5],
    [3, 4, 5],
  ],
  [[3, 4, 5], [5]],
  [
    [3, 4, 5],
    [1, 4, 5],
  ],
  [[3, 4, 5], []],
  [[], [3, 4]],
  [[5], [3, 4, 5]],
  [[3, 4], [1]],
  [
    [3, 4],
    [1, 1],
  ],
  [
    [3, 4],
    [3, 1],
  ],
  [
    [1, 4],
    [3, 1],
  ],
  [[4], [1, 1, 1]],
  [
    [2, 1, 4],
    [1, 3, 1],
  ],
  [
    [0, 4],
    [1, 4],
  ],
  [[0], []],
  [[], []],
];

const BINARY = {Add: tf.add, Sub: tf.sub, Multiply: tf.mul, RealDiv: tf.div};

describe('kernels that the cpu engine does itself', () => {
  for (const [name, op] of Object.entries(BINARY)) {
    for (const [a, b] of SHAPES) {
      it(`${name}: [${a}] and [${b}]`, () => expectStock(() => op(tensor(a, 1), tensor(b, 2))));
    }
    it(`${name}: int32`, () =>
      expectStock(() => op(tf.tensor1d([7, -5, 3], 'int32'), tf.scalar(2, 'int32'))));
  }

  it('Relu and Step', async () => {
    await expectStock(() => tf.relu(tensor([7, 9], 3)));
    await expectStock(() => tf.relu(tf.tensor1d([3, -2], 'int32')));
    await expectStock(() => tf.step(tensor([7, 9], 4)));
    await expectStock(() => tf.step(tensor([7, 9], 5), 0.25));
  });

  for (const axes of [[0], [0, 1], [0, 1, 2], [1], [2], [0, 2], [1, 0], [-1]]) {
    for (const keepDims of [false, true]) {
      it(`Sum over ${axes}${keepDims ? ', dimensions kept' : ''}`, () =>
        expectStock(() =>
          tf.sum(tf.tensor(randomFloats(13 * 4 * 5, 6), [13, 4, 5]), axes, keepDims),
        ));
    }
  }

  it('Sum of int32, of bool and of nothing', async () => {
    await expectStock(() => tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0));
    await expectStock(() => tf.sum(tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool'), 0));
    await expectStock(() => tf.sum(tf.zeros([0, 3]), 0));
  });

  for (const [size, stride, pad] of [
    [2, 2, 'valid'],
    [2, 2, 'same'],
    [3, 2, 'same'],
    [3, 1, 'valid'],
    [3, 2, 1],
    [1, 1, 'valid'],
    [1, 2, 'valid'],
  ] as Array<[number, number, 'same' | 'valid' | number]>) {
    it(`MaxPool: window ${size}, stride ${stride}, padding ${pad}`, () =>
      expectStock(() => tf.maxPool(tensor([2, 7, 8, 3], 7) as tf.Tensor4D, size, stride, pad)));
  }

  for (const [shape, begin, size] of [
    [
      [3, 4, 5],
      [0, 1, 0],
      [3, 2, 5],
    ],
    [
      [3, 4, 5],
      [1, 0, 2],
      [2, 4, 2],
    ],
    [
      [3, 4, 5],
      [1, 1, 1],
      [-1, -1, 3],
    ],
    [
      [3, 4, 5],
      [1, 0, 0],
      [2, 4, 5],
    ],
    [
      [2, 3, 4, 5],
      [0, 1, 0, 4],
      [2, 1, 4, 1],
    ],
    [
      [3, 4],
      [0, 1],
      [3, 0],
    ],
    [[7], [2], [3]],
  ]) {
    it(`Slice: [${size}] of [${shape}] from [${begin}]`, () =>
      expectStock(() => tf.slice(tensor(shape!, 8), begin!, size)));
  }

  it('Slice: int32, and what lies outside', async () => {
    await expectStock(() => tf.slice(tf.range(0, 12, 1, 'int32').reshape([3, 4]), [0, 1], [3, 2]));
    await setEngine('cpu');
    expect(() => tf.slice(tf.zeros([3, 4]), [0, 2], [3, 3])).to.throw(/begin\[1\] \+ size\[1\]/);
  });

  for (const [sizes, axis] of [
    [3, 0],
    [2, 1],
    [[1, 3], 1],
    [[2, -1], 2],
    [[0, 5], -1],
  ] as Array<[number | number[], number]>) {
    it(`SplitV: ${JSON.stringify(sizes)} along ${axis}`, () =>
      expectStock(() => {
        const parts = tf.split(tensor([3, 4, 5], 9), sizes, axis);
        // Shapes too.
        return tf.concat(
          parts.map(part => part.add(part.shape[axis < 0 ? 2 : axis])),
          axis,
        );
      }));
  }

  it('SplitV: int32', () =>
    expectStock(() => tf.split(tf.range(0, 8, 1, 'int32').reshape([2, 4]), 2, 1)[1]));

  it('BatchMatMul of int32', () =>
    expectStock(() =>
      tf.matMul(
        tf.range(-7, 5, 1, 'int32').reshape([2, 2, 3]),
        tf.range(-4, 8, 1, 'int32').reshape([4, 3]),
        false,
        true,
      ),
    ));

  it('are all tested', () => {
    const tested = [
      ...Object.keys(BINARY),
      ...['BatchMatMul', 'Relu', 'Slice', 'SplitV', 'Step', 'Sum', 'MaxPool', 'MaxPoolGrad'],
    ];
    expect(Object.keys(replacements)).to.have.members(tested);
  });
});
