// SPDX-License-Identifier: Apache-2.0
/** Stock kernels that `approx` replaces: what tfjs's CPU backend gives, on every engine. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {ConfigurationError, setEngine, setMultiplier, type EngineName} from '#src/index.js';
import {expectSameBits, expectWithin} from '#src/testing/compare.js';
import {trainingEnginesHere, type TestEngine} from '../engines.js';

interface Values {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

function describeBase({engine}: TestEngine): void {
  async function run(op: () => tf.Tensor): Promise<Values> {
    const tensor = tf.tidy(op);
    const values = Array.from(await tensor.data());
    tensor.dispose();
    return {shape: tensor.shape, dtype: tensor.dtype, values};
  }

  /** @param tolerance relative; 0 for equal bits. */
  async function expectStockCpu(op: () => tf.Tensor, tolerance = 0): Promise<void> {
    await tf.setBackend('cpu');
    const stock = await run(op);
    await start();
    const {shape, dtype, values} = await run(op);
    expect({shape, dtype}).to.deep.equal({shape: stock.shape, dtype: stock.dtype});
    if (tolerance === 0) expectSameBits(`values on ${engine}`, values, stock.values);
    else {
      const bounds = stock.values.map(value => Math.abs(value) * tolerance);
      expectWithin(`values on ${engine}`, values, stock.values, bounds);
    }
  }

  async function start(): Promise<void> {
    await tf.setBackend('approx');
    // By default the GPU backend computes small tensors on the CPU, which would test nothing.
    if (engine === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  }

  describe(`kernels of the base, on ${engine}`, () => {
    let forward: boolean | undefined;
    before(async () => {
      await setEngine(engine);
      if (engine === 'webgpu') forward = tf.env().getBool('WEBGPU_CPU_FORWARD');
      setMultiplier('fp32');
    });
    after(() => {
      if (forward !== undefined) tf.env().set('WEBGPU_CPU_FORWARD', forward);
      setMultiplier('mbm7');
    });

    describeCasts(expectStockCpu, start, engine);
    describeEmpty(expectStockCpu);
    describeIntegers(expectStockCpu, start);
    describeScans(expectStockCpu, start);
    describePixels(expectStockCpu, start);
    describeMasks(expectStockCpu);
  });
}

type ExpectStock = (op: () => tf.Tensor, tolerance?: number) => Promise<void>;

/** Small integers that the current backend computed: on a GPU they are nowhere else. */
function computed(shape: number[]): tf.Tensor {
  const values = Float32Array.from(
    {length: tf.util.sizeFromShape(shape)},
    (_, i) => ((i * 7919) % 13) - 6,
  );
  return tf.tensor(values, shape).mul(1);
}

const CAST: Record<string, (shape: number[]) => tf.Tensor> = {
  bool: shape => computed(shape).greater(0).cast('float32'),
  int32: shape => computed(shape).toInt().cast('float32'),
};

const USES: Record<string, (cast: (shape: number[]) => tf.Tensor) => tf.Tensor> = {
  Transpose: cast => cast([40, 5, 2]).transpose([1, 0, 2]),
  'Sum of the first axis': cast => cast([40, 5, 2]).sum(0),
  'Sum of the last axis': cast => cast([40, 5]).sum(1),
  Mean: cast => cast([4, 8]).mean(1),
  Tile: cast => cast([2, 3]).tile([2, 2]),
  GatherV2: cast => cast([4, 3]).gather(tf.tensor1d([1, 2], 'int32')),
  Slice: cast => cast([4, 3]).slice([1, 1], [2, 2]),
  Concat: cast => tf.concat([cast([2, 3]), computed([2, 3])], 0),
  PadV2: cast =>
    cast([2, 3]).pad([
      [1, 1],
      [0, 1],
    ]),
  Reverse: cast => cast([2, 3]).reverse(1),
  Multiply: cast => cast([4, 5]).mul(computed([5])),
  Select: cast => tf.where(computed([3, 3]).greater(0), cast([3, 3]), tf.zeros([3, 3])),
  Relu: cast => cast([3, 3]).relu(),
  MaxPool: cast => tf.maxPool(cast([1, 4, 4, 1]) as tf.Tensor4D, 2, 2, 'same'),
  ResizeNearestNeighbor: cast =>
    tf.image.resizeNearestNeighbor(cast([1, 4, 4, 1]) as tf.Tensor4D, [8, 8]),
  BatchMatMul: cast => tf.matMul(cast([4, 5]), computed([5, 3])),
  Cumsum: cast => cast([4, 4]).cumsum(1),
  'Cast to int32': cast => cast([4]).toInt(),
};

function describeCasts(
  expectStock: ExpectStock,
  start: () => Promise<void>,
  engine: EngineName,
): void {
  for (const [dtype, cast] of Object.entries(CAST)) {
    for (const [name, use] of Object.entries(USES)) {
      it(`${name} of ${dtype} cast to float32`, () => expectStock(() => use(cast)));
    }
  }

  it('a mask of a random tensor is transposed, and later results are right', async () => {
    await start();
    const [mask, transposed] = tf.tidy(() => {
      const values = tf.randomUniform([40, 50, 2], 0, 3).relu().greater(1).cast('float32');
      return [values, values.transpose([1, 0, 2])];
    });
    const [from, to] = [Array.from(await mask.data()), await transposed.data()];
    expect(from.some(value => value === 1) && from.some(value => value === 0)).to.equal(true);
    const expected = Array.from(to, (_, i) => {
      const [x, y, z] = [Math.floor(i / 80), Math.floor(i / 2) % 40, i % 2];
      return from[(y * 50 + x) * 2 + z];
    });
    expectSameBits('transposed', to, expected);
    const sum = mask.sum();
    expect((await sum.data())[0]).to.equal(from.reduce((a, b) => a + b));
    tf.dispose([mask, transposed, sum]);
  });

  it('casts of tensors that another backend had relabelled', async () => {
    await tf.setBackend('cpu');
    const relabelled = tf.tensor2d([1, -2, 3, 4, 5, 6], [2, 3], 'int32').toFloat();
    await start();
    const transposed = relabelled.transpose();
    expect([...(await transposed.data())]).to.deep.equal([1, 4, -2, 5, 3, 6]);
    const product = tf.matMul(relabelled, transposed);
    expect([...(await product.data())]).to.deep.equal([14, 12, 12, 77]);
    tf.dispose([relabelled, transposed, product]);
  });

  it('casts that were computed and relabelled under another name of the engine', async () => {
    const name = engine === 'webgpu' ? 'webgpu' : 'cpu';
    await start();
    await tf.setBackend(name);
    const relabelled = CAST['int32']([2, 3]);
    const transposed = relabelled.transpose();
    const other = [...(await transposed.data())];
    await start();
    const product = tf.matMul(relabelled, transposed);
    const again = relabelled.transpose();
    expect(other).to.deep.equal([-6, 0, -4, 2, -2, 4]);
    expect([...(await again.data())]).to.deep.equal(other);
    expect([...(await product.data())]).to.deep.equal([56, -16, -16, 20]);
    tf.dispose([relabelled, transposed, product, again]);
  });

  it('a cast rounds to the nearest float32, ties to even', async () => {
    await start();
    const integers = [
      0, 1, -1, 16777217, 16777219, -16777217, -16777219, 2147483647, -2147483648, 1073741887,
      1073741888, 1073741889, -1073741889,
    ];
    const floats = tf.tidy(() =>
      // The addition leaves int32 on the GPU.
      tf.tensor1d(integers, 'int32').add(tf.scalar(0, 'int32')).toFloat().add(0),
    );
    expectSameBits('floats', await floats.data(), Float32Array.from(integers));
    floats.dispose();
  });

  it('a cast leaves no memory behind', async () => {
    await start();
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    const before = tf.memory();
    tf.tidy(() => x.toFloat().transpose().sum()).dispose();
    expect(tf.memory().numTensors).to.equal(before.numTensors);
    expect(tf.memory().numDataBuffers).to.equal(before.numDataBuffers);
    x.dispose();
  });
}

const REDUCTIONS: Record<string, (x: tf.Tensor, axis?: number) => tf.Tensor> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
  norm: (x, axis) => tf.norm(x, 'euclidean', axis),
  logSumExp: tf.logSumExp,
  any: (x, axis) => tf.any(x.toBool(), axis),
  all: (x, axis) => tf.all(x.toBool(), axis),
};

function describeEmpty(expectStock: ExpectStock): void {
  for (const [name, reduce] of Object.entries(REDUCTIONS)) {
    it(`${name} of empty tensors`, async () => {
      for (const shape of [[0], [0, 3], [3, 0]]) {
        for (const axis of [undefined, 0, shape.length - 1]) {
          await expectStock(() => reduce(tf.zeros(shape), axis));
        }
      }
    });
  }

  it('other ops on empty tensors', async () => {
    await expectStock(() => tf.argMax(tf.zeros([3, 0]), 1));
    await expectStock(() => tf.argMin(tf.zeros([0])));
    await expectStock(() => tf.softmax(tf.zeros([3, 0])));
    await expectStock(() => tf.sum(tf.zeros([0], 'int32')));
    await expectStock(() => tf.max(tf.zeros([0], 'int32')));
    await expectStock(() => tf.moments(tf.zeros([0])).variance);
    await expectStock(() => tf.unsortedSegmentSum(tf.zeros([0, 2]), tf.tensor1d([], 'int32'), 3));
    await expectStock(() => tf.scatterND(tf.zeros([0, 1], 'int32'), tf.zeros([0]), [3]));
    await expectStock(() => tf.losses.meanSquaredError(tf.zeros([0]), tf.zeros([0])));
    await expectStock(() => tf.grad(x => x.mean())(tf.zeros([0])));
    await expectStock(() => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])));
  });

  it('argMax and argMin of a vector are scalars', async () => {
    await expectStock(() => tf.argMax(computed([7])));
    await expectStock(() => tf.argMin(computed([7])));
    await expectStock(() => tf.argMax(computed([4, 5]), 0));
  });
}

/** int32 values of up to 31 bits. */
function large(shape: number[], bits = 31): tf.Tensor {
  const values = Int32Array.from(
    {length: tf.util.sizeFromShape(shape)},
    (_, i) => Math.imul(i + 1, -1640531535) >> (31 - bits),
  );
  return tf.tensor(values, shape, 'int32');
}

function describeIntegers(expectStock: ExpectStock, start: () => Promise<void>): void {
  it('int32 sums, differences and products above 2^24', async () => {
    await expectStock(() => large([3, 4]).add(large([4])));
    await expectStock(() => large([3, 1]).sub(large([1, 4])));
    await expectStock(() => large([2, 1, 3], 20).mul(large([4, 1], 20)));
    await expectStock(() => large([5], 20).mul(tf.scalar(-77777, 'int32')));
  });

  it('int32 reductions above 2^24', async () => {
    for (const axis of [undefined, 0, 1, [0, 2], -1]) {
      await expectStock(() => large([2, 3, 5], 28).sum(axis));
      await expectStock(() => large([2, 3, 5]).max(axis));
      await expectStock(() => large([2, 3, 5]).min(axis, true));
    }
    await expectStock(() => large([3, 2], 12).prod(1));
    await expectStock(() => large([1000], 20).sum());
    await expectStock(() => large([70_000, 2], 14).sum(0));
  });

  it('int32 matMul above 2^24: transposed, broadcast, with a bias', async () => {
    await expectStock(() => tf.matMul(large([3, 50], 16), large([50, 4], 16)));
    await expectStock(() => tf.matMul(large([50, 3], 16), large([4, 50], 16), true, true));
    await expectStock(() => tf.matMul(large([2, 3, 5], 16), large([5, 4], 16)));
    await expectStock(() => tf.matMul(large([2, 3, 3, 5], 16), large([1, 1, 5, 2], 16)));
    await expectStock(() => tf.dot(large([9], 16), large([9], 16)));
    await expectStock(() =>
      tf.fused.matMul({
        a: large([2, 3], 16),
        b: large([3, 4], 16),
        bias: large([4]),
      }),
    );
  });

  it('int32 matMul broadcasts both operands, which stock tfjs does not', async () => {
    await start();
    const [a, b] = [large([2, 1, 3, 5], 16), large([1, 3, 5, 2], 16)];
    const broadcast = tf.matMul(a, b);
    const tiled = tf.tidy(() => tf.matMul(a.tile([1, 3, 1, 1]), b.tile([2, 1, 1, 1])));
    expect(broadcast.shape).to.deep.equal([2, 3, 3, 2]);
    expect([...(await broadcast.data())]).to.deep.equal([...(await tiled.data())]);
    tf.dispose([a, b, broadcast, tiled]);
  });

  it('int32 matMul is exact modulo 2^32 where double precision is not', async () => {
    await start();
    const [a, b] = [large([3, 40]), large([40, 3])];
    const product = tf.matMul(a, b);
    const [first, second] = [await a.data(), await b.data()];
    const expected = Array.from({length: 9}, (_, i) => {
      let sum = 0n;
      for (let k = 0; k < 40; k++) {
        sum += BigInt(first[Math.floor(i / 3) * 40 + k]) * BigInt(second[k * 3 + (i % 3)]);
      }
      return Number(BigInt.asIntN(32, sum));
    });
    expect(Array.from(await product.data())).to.deep.equal(expected);
    tf.dispose([a, b, product]);
  });
}

function describeScans(expectStock: ExpectStock, start: () => Promise<void>): void {
  it('cumulative sums and products of several lengths, in both directions', async () => {
    for (const op of [tf.cumsum, tf.cumprod]) {
      for (const shape of [[5], [3, 7], [3, 6], [2, 9, 3]]) {
        for (const axis of [0, shape.length - 1, 1 % shape.length]) {
          for (const exclusive of [false, true]) {
            for (const reverse of [false, true]) {
              // Powers of two: products are exact.
              const values = () =>
                tf.pow(tf.scalar(2), computed(shape).toInt().mod(2).cast('float32'));
              await expectStock(() => op(values().round(), axis, exclusive, reverse));
            }
          }
        }
      }
    }
    await expectStock(() => large([9], 28).cumsum());
  });

  it('the gradient of products of several lengths', async () => {
    for (const length of [5, 13, 9]) {
      await expectStock(() => tf.grad(x => x.prod(1).sum())(computed([3, length]).add(0.5)), 1e-5);
    }
  });

  it('multinomial draws the same samples, also when it draws one', async () => {
    const seeds = Array.from({length: 20}, (_, i) => i + 1);
    const logits = () => tf.log(tf.tensor1d([0.1, 0.2, 0.7]));
    await expectStock(() => tf.concat(seeds.map(seed => tf.multinomial(logits(), 1, seed))));
    const rows = () => tf.tensor2d([0.1, 0.2, 0.7, 0.5, 0.25, 0.25], [2, 3]);
    await expectStock(() => tf.multinomial(rows(), 50, 3, true));
    await expectStock(() => tf.multinomial(rows().log() as tf.Tensor2D, 50, 3));
  });

  it("Bincount of an image's values, in Otsu's threshold", async () => {
    const values = Int32Array.from({length: 27}, (_, i) => (i * 37) % 256);
    const image = () => tf.tensor3d(values, [3, 3, 3], 'int32');
    await expectStock(() => tf.image.threshold(image().slice([0, 0, 0], [3, 3, 1]), 'otsu'));
    await expectStock(() => tf.bincount(tf.tensor1d([1, 2, 2, 3], 'int32'), tf.tensor1d([]), 5));
  });

  it('an index out of range is an error', async () => {
    await start();
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([1, 3], 'int32'))).to.throw(
      /GatherV2: the index value 3 is not in \[0, 2\]/,
    );
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([-1], 'int32'))).to.throw(
      /GatherV2: the index value -1 is not in \[0, 2\]/,
    );
  });

  it('shapes that do not broadcast are an error', async () => {
    await start();
    const shape = (...sizes: number[]) => tf.tensor1d(sizes, 'int32');
    expect([...tf.broadcastArgs(shape(1, 6), shape(3, 1, 1, 1)).dataSync()]).to.deep.equal([
      3, 1, 1, 6,
    ]);
    expect(() => tf.broadcastArgs(shape(1, 2), shape(1, 3))).to.throw(/[Bb]roadcast/);
  });
}

/** What the `canvas` packages for Node give: no `data`, a 2D context. */
function canvasOf(width: number, height: number, data: ArrayLike<number>) {
  return {
    width,
    height,
    getContext: (type: string) =>
      type === '2d' ? {getImageData: (_x: number, _y: number) => ({width, height, data})} : null,
  };
}

type PixelSource = Parameters<typeof tf.browser.fromPixels>[0];

function describePixels(expectStock: ExpectStock, start: () => Promise<void>): void {
  const rgba = Uint8ClampedArray.from({length: 24}, (_, i) => (i * 53) % 256);

  for (const channels of [1, 3, 4]) {
    it(`fromPixels of a canvas and of {data}, ${channels} channels`, async () => {
      const canvas = canvasOf(3, 2, rgba) as unknown as PixelSource;
      await expectStock(() => tf.browser.fromPixels(canvas, channels));
      const data = {data: new Uint8Array(rgba), width: 3, height: 2};
      await expectStock(() => tf.browser.fromPixels(data, channels));
    });
  }

  it('fromPixels of OffscreenCanvas, ImageData and a canvas element that a library defined', async () => {
    await start();
    class OffscreenCanvas {
      readonly width = 3;
      readonly height = 2;
      getContext = canvasOf(3, 2, rgba).getContext;
    }
    class ImageData {
      readonly width = 3;
      readonly height = 2;
      readonly data = rgba;
    }
    const globals = globalThis as Record<string, unknown>;
    const kept = {
      OffscreenCanvas: globals['OffscreenCanvas'],
      HTMLCanvasElement: globals['HTMLCanvasElement'],
      ImageData: globals['ImageData'],
    };
    Object.assign(globals, {OffscreenCanvas, HTMLCanvasElement: OffscreenCanvas, ImageData});
    const tensors: tf.Tensor[] = [];
    try {
      for (const source of [new OffscreenCanvas(), new ImageData()]) {
        tensors.push(tf.browser.fromPixels(source as unknown as PixelSource));
      }
    } finally {
      for (const [name, value] of Object.entries(kept)) {
        if (value === undefined) delete globals[name];
        else globals[name] = value;
      }
    }
    const expected = Array.from(rgba).filter((_, i) => i % 4 < 3);
    for (const tensor of tensors) expect([...(await tensor.data())]).to.deep.equal(expected);
    tf.dispose(tensors);
  });

  it('fromPixels of a canvas that has a method `data`, as that of @napi-rs/canvas', () => {
    const canvas = {...canvasOf(3, 2, rgba), data: () => rgba} as unknown as PixelSource;
    return expectStock(() => tf.browser.fromPixels(canvas));
  });

  it('fromPixels of anything else is an error that says what is missing', async () => {
    await start();
    const from = (source: object) => () => tf.browser.fromPixels(source as PixelSource);
    expect(from({...canvasOf(3, 2, rgba), getContext: () => null}))
      .to.throw(ConfigurationError)
      .with.property('message')
      .that.matches(/fromPixels.*neither 'data' nor a 2D context.*Uint8Array of RGBA/);
    expect(from({data: new Uint8Array(18), width: 3, height: 2}))
      .to.throw(ConfigurationError)
      .with.property('message')
      .that.matches(/3 x 2 pixels need 24 values \(RGBA\), it has 18/);
    expect(from({data: new Uint8Array(24)}))
      .to.throw(ConfigurationError)
      .with.property('message')
      .that.matches(/width is undefined/);
  });
}

const RECURRENT: Record<string, () => tf.layers.Layer> = {
  SimpleRNN: () => tf.layers.simpleRNN({units: 4, ...constant}),
  LSTM: () => tf.layers.lstm({units: 4, ...constant}),
  GRU: () => tf.layers.gru({units: 4, ...constant}),
  Bidirectional: () =>
    tf.layers.bidirectional({
      layer: tf.layers.lstm({units: 4, ...constant}),
      mergeMode: 'concat',
    }),
};

/** Weights that do not depend on random numbers of a backend. */
const constant = {
  kernelInitializer: tf.initializers.constant({value: 0.1}),
  recurrentInitializer: tf.initializers.constant({value: -0.05}),
};

function describeMasks(expectStock: ExpectStock): void {
  /** Losses and predictions of three steps of training. */
  async function trained(first: tf.layers.Layer, recurrent: tf.layers.Layer): Promise<number[]> {
    const model = tf.sequential({layers: [first, recurrent]});
    model.add(tf.layers.dense({units: 1, kernelInitializer: constant.kernelInitializer}));
    model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
    const isEmbedding = first.getClassName() === 'Embedding';
    const x = isEmbedding
      ? tf.tensor2d([1, 2, 0, 3, 0, 0, 4, 0, 0, 0, 0, 0], [3, 4])
      : tf.tensor3d(
          [1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0, 7, 8, 9, 1, 0, 0, 2, 3].map(v => v / 10),
          [3, 4, 2],
        );
    const y = tf.tensor2d([1, 2, 3], [3, 1]);
    const history = await model.fit(x, y, {epochs: 3, shuffle: false, verbose: 0});
    const predicted = model.predict(x) as tf.Tensor;
    const values = [...(history.history['loss'] as number[]), ...(await predicted.data())];
    tf.dispose([x, y, predicted]);
    model.dispose();
    return values;
  }

  for (const [name, recurrent] of Object.entries(RECURRENT)) {
    for (const mask of ['Masking', 'Embedding'] as const) {
      it(`${mask} before ${name} trains as on tfjs's CPU backend`, async () => {
        const first = () =>
          mask === 'Masking'
            ? tf.layers.masking({maskValue: 0, inputShape: [4, 2]})
            : tf.layers.embedding({
                inputDim: 5,
                outputDim: 3,
                inputLength: 4,
                maskZero: true,
                embeddingsInitializer: constant.kernelInitializer,
              });
        const results: number[][] = [];
        await expectStock(() => tf.scalar(1));
        for (const backend of ['cpu', 'approx']) {
          await tf.setBackend(backend);
          results.push(await trained(first(), recurrent()));
        }
        const [stock, approx] = results;
        const bounds = stock.map(value => 1e-4 * Math.abs(value) + 1e-6);
        expectWithin('losses and predictions', approx, stock, bounds);
        expect(stock[2]).to.be.lessThan(stock[0]);
      });
    }
  }
}

for (const engine of trainingEnginesHere) describeBase(engine);
