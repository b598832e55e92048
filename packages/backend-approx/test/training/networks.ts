// SPDX-License-Identifier: Apache-2.0
/**
 * Small networks of four kinds with synthetic data, for a few dozen training steps: a transformer
 * encoder block, a MobileNet-style block, a 3-D convolution net and an LSTM.
 */
import * as tf from '@tensorflow/tfjs';
import {random32} from '#src/testing/random.js';

export interface Network {
  readonly title: string;
  readonly steps: number;
  /** Kernels of which coverage has to list products. */
  readonly kernels: readonly string[];
  build(): tf.LayersModel;
  /** A batch of inputs and one-hot labels. */
  data(): {xs: tf.Tensor; ys: tf.Tensor};
}

const seeded = (seed: number) => tf.initializers.glorotUniform({seed});

function uniform(seed: number): () => number {
  const next = random32(seed);
  return () => next() / 2 ** 32;
}

const oneHot = (labels: number[], classes: number): tf.Tensor =>
  tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat());

// ---------------------------------------------------------------------------------------------
// Transformer

/** Multi-head self-attention, every product of it in an einsum. */
class SelfAttention extends tf.layers.Layer {
  static readonly className = 'EinsumSelfAttention';
  readonly #heads: number;
  #in: tf.LayerVariable[] = [];
  #out?: tf.LayerVariable;

  constructor(heads: number) {
    super({});
    this.#heads = heads;
  }

  override build(inputShape: tf.Shape): void {
    const size = inputShape[2]!;
    const depth = size / this.#heads;
    this.#in = ['query', 'key', 'value'].map((name, i) =>
      this.addWeight(name, [size, this.#heads, depth], 'float32', seeded(10 + i)),
    );
    this.#out = this.addWeight('out', [this.#heads, depth, size], 'float32', seeded(13));
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      const [q, k, v] = this.#in.map(weight => tf.einsum('btd,dhe->bthe', x, weight.read()));
      const scores = tf.einsum('bqhe,bkhe->bhqk', q, k).div(Math.sqrt(q.shape[3]!));
      const mixed = tf.einsum('bhqk,bkhe->bqhe', tf.softmax(scores), v);
      return tf.einsum('bqhe,hed->bqd', mixed, this.#out!.read());
    });
  }
}

const TIME = 6;
const WIDTH = 8;

function transformer(): tf.LayersModel {
  const input = tf.input({shape: [TIME, WIDTH]});
  const normalised = () => tf.layers.layerNormalization({epsilon: 1e-3});
  const add = (a: tf.SymbolicTensor, b: tf.SymbolicTensor) =>
    tf.layers.add().apply([a, b]) as tf.SymbolicTensor;
  const attended = new SelfAttention(2).apply(normalised().apply(input)) as tf.SymbolicTensor;
  const first = add(input, attended);
  const wide = tf.layers
    .dense({units: 16, activation: 'relu', kernelInitializer: seeded(20)})
    .apply(normalised().apply(first));
  const narrow = tf.layers.dense({units: WIDTH, kernelInitializer: seeded(21)}).apply(wide);
  const second = add(first, narrow as tf.SymbolicTensor);
  const pooled = tf.layers.globalAveragePooling1d().apply(second);
  const output = tf.layers
    .dense({units: 2, activation: 'softmax', kernelInitializer: seeded(22)})
    .apply(pooled);
  return tf.model({inputs: input, outputs: output as tf.SymbolicTensor});
}

/** Whether a marked token comes in the first or in the second half. */
function sequences(count: number): {xs: tf.Tensor; ys: tf.Tensor} {
  const next = uniform(1);
  const labels: number[] = [];
  const values = new Float32Array(count * TIME * WIDTH);
  for (let i = 0; i < count; i++) {
    const at = i % TIME;
    labels.push(at < TIME / 2 ? 0 : 1);
    for (let t = 0; t < TIME; t++) {
      for (let c = 0; c < WIDTH; c++) {
        // The second half of the channels holds the position.
        const position = c >= WIDTH / 2 && (t >> (c - WIDTH / 2)) % 2 === 1 ? 1 : 0;
        const mark = t === at && c < WIDTH / 2 ? 1 : 0;
        values[(i * TIME + t) * WIDTH + c] = mark + position + 0.1 * next();
      }
    }
  }
  return {xs: tf.tensor3d(values, [count, TIME, WIDTH]), ys: oneHot(labels, 2)};
}

// ---------------------------------------------------------------------------------------------
// MobileNet

/** 3x3 depthwise and 1x1 convolutions, the second pair with a stride. */
function mobile(): tf.LayersModel {
  const pair = (filters: number, strides: number, seed: number): tf.layers.Layer[] => [
    tf.layers.depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: seeded(seed),
    }),
    tf.layers.reLU({maxValue: 6}),
    tf.layers.conv2d({filters, kernelSize: 1, kernelInitializer: seeded(seed + 1)}),
    tf.layers.reLU({maxValue: 6}),
  ];
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(30),
      }),
      ...pair(6, 1, 31),
      ...pair(8, 2, 33),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({units: 2, activation: 'softmax', kernelInitializer: seeded(35)}),
    ],
  });
}

/** Horizontal and vertical stripes. */
function stripes(count: number): {xs: tf.Tensor; ys: tf.Tensor} {
  const next = uniform(2);
  const labels = Array.from({length: count}, (_, i) => i % 2);
  const values = labels.flatMap((label, i) =>
    Array.from({length: 64}, (_, p) => {
      const along = label === 0 ? Math.floor(p / 8) : p % 8;
      return ((along + (i >> 1)) % 2) + 0.2 * next();
    }),
  );
  return {xs: tf.tensor4d(values, [count, 8, 8, 1]), ys: oneHot(labels, 2)};
}

// ---------------------------------------------------------------------------------------------
// Volumes

function volume(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv3d({
        inputShape: [4, 6, 6, 1],
        filters: 3,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(40),
      }),
      tf.layers.conv3d({
        filters: 4,
        kernelSize: 2,
        strides: 2,
        activation: 'relu',
        kernelInitializer: seeded(41),
      }),
      tf.layers.flatten(),
      tf.layers.dense({units: 2, activation: 'softmax', kernelInitializer: seeded(42)}),
    ],
  });
}

/** Volumes whose near or whose far half is filled. */
function halves(count: number): {xs: tf.Tensor; ys: tf.Tensor} {
  const next = uniform(3);
  const labels = Array.from({length: count}, (_, i) => i % 2);
  const values = labels.flatMap(label =>
    Array.from({length: 4 * 36}, (_, p) => (p < 72 === (label === 0) ? 0.6 : 0) + 0.6 * next()),
  );
  return {xs: tf.tensor5d(values, [count, 4, 6, 6, 1]), ys: oneHot(labels, 2)};
}

// ---------------------------------------------------------------------------------------------
// LSTM

function recurrent(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.lstm({
        inputShape: [5, 3],
        units: 6,
        kernelInitializer: seeded(50),
        recurrentInitializer: seeded(51),
      }),
      tf.layers.dense({units: 2, activation: 'softmax', kernelInitializer: seeded(52)}),
    ],
  });
}

/** Rising and falling ramps. */
function ramps(count: number): {xs: tf.Tensor; ys: tf.Tensor} {
  const next = uniform(4);
  const labels = Array.from({length: count}, (_, i) => i % 2);
  const values = labels.flatMap(label =>
    Array.from({length: 15}, (_, p) => {
      const t = Math.floor(p / 3);
      return (label === 0 ? t : 4 - t) / 4 + 0.3 * next();
    }),
  );
  return {xs: tf.tensor3d(values, [count, 5, 3]), ys: oneHot(labels, 2)};
}

export const NETWORKS: readonly Network[] = [
  {
    title: 'a transformer encoder block with einsum attention',
    steps: 40,
    kernels: ['Einsum', 'BatchMatMul'],
    build: transformer,
    data: () => sequences(12),
  },
  {
    title: 'a MobileNet-style block of depthwise and 1x1 convolutions',
    steps: 40,
    kernels: [
      'DepthwiseConv2dNative',
      'DepthwiseConv2dNativeBackpropInput',
      'DepthwiseConv2dNativeBackpropFilter',
    ],
    build: mobile,
    data: () => stripes(8),
  },
  {
    title: 'a Conv3D net',
    steps: 30,
    kernels: ['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'],
    build: volume,
    data: () => halves(6),
  },
  {
    title: 'an LSTM',
    steps: 40,
    kernels: ['BatchMatMul'],
    build: recurrent,
    data: () => ramps(8),
  },
];
