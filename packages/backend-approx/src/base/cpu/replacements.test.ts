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

/** Signs of zero too; NaN is NaN. */
function expectStockValues(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expectSameBits('values', actual, expected);
  const signs = (values: ArrayLike<number>) => Array.from(values, x => Object.is(x, -0));
  expect(signs(actual)).to.deep.equal(signs(expected));
}

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
      expectStockValues(values.dataSync(), stock.dataSync());
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
  // Rows that are repeated, whole and not, and rows of one number.
  [[300, 67], [67]],
  [
    [67, 1],
    [1, 67],
  ],
  [
    [3, 1, 67],
    [3, 30, 1],
  ],
  [
    [2, 600],
    [2, 1],
  ],
  [
    [2, 1],
    [2, 600],
  ],
  [
    [1, 600],
    [9, 1],
  ],
  [
    [2, 3, 1, 5, 1],
    [2, 1, 4, 5, 6],
  ],
  [
    [2, 3, 1, 5, 6],
    [4, 5, 1],
  ],
  [[2, 1, 2, 1, 2], [1]],
  [[2, 3], []],
  [[], [2, 3]],
  [[2000], []],
  [[], [2000]],
  [[2001], [2001]],
];

const BINARY = {Add: tf.add, Sub: tf.sub, Multiply: tf.mul, RealDiv: tf.div};

const UNARY: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  ClipByValue: (x: tf.Tensor) => tf.clipByValue(x, -0.5, 2),
  Elu: tf.elu,
  Exp: tf.exp,
  Log: tf.log,
  Neg: tf.neg,
  Reciprocal: tf.reciprocal,
  Relu: tf.relu,
  Relu6: tf.relu6,
  Rsqrt: tf.rsqrt,
  Sigmoid: tf.sigmoid,
  Sqrt: tf.sqrt,
  Square: tf.square,
  Step: (x: tf.Tensor) => tf.step(x),
  Tanh: tf.tanh,
};

const LIMITS = [0, -0, 1e-45, -1e-45, 6, 6.5, -0.5, 2, 3.4e38, -3.4e38, Infinity, -Infinity, NaN];

describe('kernels that the cpu engine does itself', () => {
  for (const [name, op] of Object.entries(BINARY)) {
    for (const [a, b] of SHAPES) {
      it(`${name}: [${a}] and [${b}]`, () => expectStock(() => op(tensor(a, 1), tensor(b, 2))));
    }
    it(`${name}: int32`, () =>
      expectStock(() => op(tf.tensor1d([7, -5, 3], 'int32'), tf.scalar(2, 'int32'))));
  }

  for (const [name, op] of Object.entries(UNARY)) {
    it(name, async () => {
      await expectStock(() => op(tensor([7, 9], 3)));
      await expectStock(() => op(tf.tensor1d(LIMITS)));
      await expectStock(() => op(tf.randomUniform([2, 3, 1, 2, 2], -9, 9, 'float32', 4)));
      await expectStock(() => op(tf.scalar(0.5)));
      await expectStock(() => op(tf.zeros([0, 3])));
      // A view into another tensor's values.
      await expectStock(() => op(tensor([5, 9], 5).slice([2, 0], [2, 9])));
      // Not through the op, which takes float32 only or casts.
      const attributes = {alpha: 0, clipValueMin: -1, clipValueMax: 2};
      await expectStock(() =>
        tf.engine().runKernel(name, {x: tf.tensor1d([3, -2, 0, 7], 'int32')}, attributes),
      );
    });
  }

  it('Step with a slope', () => expectStock(() => tf.step(tensor([7, 9], 5), 0.25)));

  for (const [shape, has] of [
    [[2, 3, 4, 5], 'scale and offset'],
    [[2, 3, 4, 5], 'scale'],
    [[2, 3, 4, 5], 'offset'],
    [[7, 5], ''],
    [[2, 7, 5], 'scale and offset'],
    [[0, 3, 4, 5], 'scale and offset'],
  ] as Array<[number[], string]>) {
    it(`FusedBatchNorm: [${shape}] ${has}`, async () => {
      const perChannel = (seed: number, is = true) => (is ? tensor([5], seed) : undefined);
      const run = (epsilon?: number) =>
        tf.batchNorm(
          tensor(shape, 11) as tf.Tensor4D,
          tensor([5], 12) as tf.Tensor1D,
          tf.abs(tensor([5], 13)) as tf.Tensor1D,
          perChannel(14, has.includes('offset')) as tf.Tensor1D,
          perChannel(15, has.includes('scale')) as tf.Tensor1D,
          epsilon,
        );
      await expectStock(run);
      await expectStock(() => run(1e-5));
    });
  }

  it('FusedBatchNorm: statistics for every element', () =>
    expectStock(() =>
      tf.batchNorm(
        tensor([2, 5], 11) as tf.Tensor2D,
        tensor([2, 5], 12) as tf.Tensor2D,
        tensor([2, 5], 13) as tf.Tensor2D,
      ),
    ));

  it('gradient of batch normalisation', () =>
    expectStock(() => {
      const values = (shape: number[], seed: number) =>
        tf.tensor(randomFloats(tf.util.sizeFromShape(shape), seed), shape);
      const loss = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => {
        const {mean, variance} = tf.moments(x, [0, 1, 2]);
        const y = tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
        );
        return y.relu().mean();
      };
      const gradients = tf.grads(loss)([
        values([2, 3, 4, 5], 16),
        values([5], 17),
        values([5], 18),
      ]);
      return tf.concat(gradients.map(gradient => gradient.flatten()));
    }));

  for (const [name, op] of Object.entries({Sum: tf.sum, Mean: tf.mean})) {
    for (const axes of [[0], [0, 1], [0, 1, 2], [1], [1, 2], [2], [0, 2], [1, 0], [-1], []]) {
      for (const keepDims of [false, true]) {
        it(`${name} over [${axes}]${keepDims ? ', dimensions kept' : ''}`, async () => {
          const x = () => tf.tensor(randomFloats(13 * 4 * 5, 6), [13, 4, 5]);
          await expectStock(() => op(x(), axes, keepDims));
          await expectStock(() => op(tensor([3, 4, 5], 6), axes, keepDims));
        });
      }
    }

    it(`${name} of other ranks`, async () => {
      await expectStock(() => op(tensor([7], 6), 0));
      await expectStock(() => op(tf.scalar(-0)));
      await expectStock(() => op(tensor([2, 3, 2, 4], 6), [1, 2]));
      await expectStock(() => op(tensor([2, 3, 2, 4, 2], 6), [0, 1, 2, 3]));
    });

    it(`${name} of nothing, and of nothing but -0`, async () => {
      await expectStock(() => op(tf.zeros([0, 3]), 0));
      await expectStock(() => op(tf.zeros([0, 3]), 1));
      await expectStock(() => op(tf.zeros([2, 0, 3]), 1, true));
      await expectStock(() => op(tf.tensor2d([-0, -0, -0, -0], [2, 2]), 0));
      await expectStock(() => op(tf.tensor1d([-0, -0])));
    });

    it(`${name} of int32 and of bool`, async () => {
      await expectStock(() => op(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0));
      await expectStock(() => op(tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool'), 0));
    });
  }

  it('gradient of Mean', () =>
    expectStock(() => tf.grad(x => tf.mean(x, [0, 1]).square())(tensor([3, 4, 5], 6))));

  for (const [shape, reps] of [
    [
      [1, 1, 1, 6],
      [2, 3, 4, 1],
    ],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [2, 3],
      [1, 5],
    ],
    [
      [2, 1],
      [3, 5],
    ],
    [
      [2, 3, 2],
      [2, 2, 3],
    ],
    [
      [2, 1, 2, 1, 2],
      [1, 3, 1, 2, 2],
    ],
    [[4], [3]],
    [
      [0, 2],
      [3, 2],
    ],
    [
      [3, 2],
      [0, 2],
    ],
    [[], []],
  ]) {
    it(`Tile: [${shape}] by [${reps}]`, () => expectStock(() => tf.tile(tensor(shape, 10), reps)));
  }

  for (const permutation of [
    [0],
    [1, 0],
    [0, 1],
    [2, 0, 1],
    [0, 2, 1],
    [0, 3, 1, 2],
    [3, 2, 1, 0],
    [0, 2, 3, 1],
    [4, 1, 0, 3, 2],
  ]) {
    it(`Transpose: [${permutation}]`, async () => {
      const shape = [3, 4, 1, 5, 2].slice(0, permutation.length);
      await expectStock(() => tf.transpose(tensor(shape, 19), permutation));
      await expectStock(() => tf.transpose(tf.zeros(shape.with(0, 0)), permutation));
      await expectStock(() => tf.transpose(tf.ones(shape, 'int32'), permutation));
    });
  }

  for (const [shape, paddings] of [
    [[3], [[1, 2]]],
    [
      [3, 4],
      [
        [0, 0],
        [2, 1],
      ],
    ],
    [
      [3, 4],
      [
        [1, 0],
        [0, 0],
      ],
    ],
    [
      [2, 3, 4, 5],
      [
        [0, 0],
        [1, 2],
        [3, 0],
        [0, 0],
      ],
    ],
    [
      [2, 1, 2, 1, 2],
      [
        [1, 1],
        [0, 2],
        [0, 0],
        [1, 0],
        [0, 1],
      ],
    ],
    [
      [3, 4],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      [0, 4],
      [
        [1, 0],
        [0, 2],
      ],
    ],
  ] as Array<[number[], Array<[number, number]>]>) {
    it(`PadV2: [${shape}] by ${JSON.stringify(paddings)}`, async () => {
      await expectStock(() => tf.pad(tensor(shape, 20), paddings));
      await expectStock(() => tf.pad(tensor(shape, 20), paddings, -1.5));
      await expectStock(() => tf.pad(tf.ones(shape, 'int32'), paddings));
    });
  }

  it('Tile: int32 and bool', async () => {
    await expectStock(() => tf.tile(tf.tensor1d([1, 2], 'int32'), [3]));
    await expectStock(() => tf.tile(tf.tensor1d([1, 0], 'bool'), [3]));
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
      expectStock(() => tf.slice(tensor(shape, 8), begin, size)));
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
      ...Object.keys(UNARY),
      ...['BatchMatMul', 'FusedBatchNorm', 'MaxPool', 'MaxPoolGrad', 'Mean', 'PadV2'],
      ...['Slice', 'SplitV', 'Sum', 'Tile', 'Transpose'],
    ];
    expect(Object.keys(replacements)).to.have.members(tested);
  });
});
