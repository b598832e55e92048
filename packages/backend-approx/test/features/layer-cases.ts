// SPDX-License-Identifier: Apache-2.0
/**
 * The layers that FEATURES.md lists, each as a small model for one training step. A PReLU stands
 * before the layer: it has weights but no multiply-accumulates, so that the layer's input gradient
 * is computed too.
 */
import * as tf from '@tensorflow/tfjs';

export interface LayerCase {
  readonly title: string;
  /** Shapes of the model's inputs without the batch. */
  readonly inputs: readonly number[][];
  /** Builds the layer and applies it; parts named `part` count as the layer under test. */
  readonly apply: (inputs: tf.SymbolicTensor[]) => tf.SymbolicTensor;
  /** Integer indices instead of real inputs. */
  readonly indices?: number;
}

/** Attention without a library layer, once with matMul and once with einsum. */
class Attention extends tf.layers.Layer {
  static readonly className = 'FeatureAttention';
  readonly #withEinsum: boolean;
  #weights: tf.LayerVariable[] = [];

  constructor(name: string, withEinsum: boolean) {
    super({name});
    this.#withEinsum = withEinsum;
  }

  override build(inputShape: tf.Shape): void {
    const size = inputShape[2]!;
    this.#weights = ['query', 'key', 'value'].map((weight, i) =>
      this.addWeight(weight, [size, size], 'float32', tf.initializers.glorotUniform({seed: i + 1})),
    );
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor3D;
      const [q, k, v] = this.#weights.map(weight => this.#project(x, weight.read()));
      const scores = this.#withEinsum
        ? tf.einsum('bqd,bkd->bqk', q, k)
        : tf.matMul(q, k, false, true);
      const attention = tf.softmax(scores.div(Math.sqrt(x.shape[2])));
      return this.#withEinsum ? tf.einsum('bqk,bkd->bqd', attention, v) : tf.matMul(attention, v);
    });
  }

  #project(x: tf.Tensor3D, weight: tf.Tensor): tf.Tensor3D {
    if (this.#withEinsum) return tf.einsum('btd,de->bte', x, weight) as tf.Tensor3D;
    const [batch, time, size] = x.shape;
    return tf.matMul(x.reshape([batch * time, size]), weight).reshape([batch, time, size]);
  }
}

const single =
  (layer: () => tf.layers.Layer) =>
  ([x]: tf.SymbolicTensor[]) =>
    layer().apply(x) as tf.SymbolicTensor;

export const LAYER_CASES: readonly LayerCase[] = [
  {title: 'Dense, rank 2', inputs: [[6]], apply: single(() => tf.layers.dense({units: 4}))},
  {
    title: 'Dense with relu',
    inputs: [[6]],
    apply: single(() => tf.layers.dense({units: 4, activation: 'relu'})),
  },
  {title: 'Dense, rank 3', inputs: [[3, 6]], apply: single(() => tf.layers.dense({units: 4}))},
  {
    title: 'Conv1D',
    inputs: [[8, 3]],
    apply: single(() => tf.layers.conv1d({filters: 4, kernelSize: 3, padding: 'same'})),
  },
  {
    title: 'Conv2D',
    inputs: [[6, 6, 3]],
    apply: single(() => tf.layers.conv2d({filters: 4, kernelSize: 3, strides: 2})),
  },
  {
    title: 'Conv3D',
    inputs: [[4, 4, 4, 2]],
    apply: single(() => tf.layers.conv3d({filters: 3, kernelSize: 2})),
  },
  {
    title: 'Conv2DTranspose',
    inputs: [[4, 4, 3]],
    apply: single(() =>
      tf.layers.conv2dTranspose({filters: 2, kernelSize: 3, strides: 2, padding: 'same'}),
    ),
  },
  {
    title: 'Conv3DTranspose',
    inputs: [[2, 3, 3, 2]],
    apply: single(() =>
      tf.layers.conv3dTranspose({filters: 2, kernelSize: 2, strides: 2, padding: 'same'}),
    ),
  },
  {
    title: 'DepthwiseConv2D',
    inputs: [[6, 6, 3]],
    apply: single(() => tf.layers.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2})),
  },
  {
    title: 'SeparableConv2D',
    inputs: [[6, 6, 3]],
    apply: single(() => tf.layers.separableConv2d({filters: 4, kernelSize: 3})),
  },
  {title: 'SimpleRNN', inputs: [[4, 3]], apply: single(() => tf.layers.simpleRNN({units: 3}))},
  {title: 'LSTM', inputs: [[4, 3]], apply: single(() => tf.layers.lstm({units: 3}))},
  {title: 'GRU', inputs: [[4, 3]], apply: single(() => tf.layers.gru({units: 3}))},
  {
    title: 'Bidirectional (LSTM)',
    inputs: [[4, 3]],
    apply: single(() =>
      tf.layers.bidirectional({
        layer: tf.layers.lstm({units: 2}),
        mergeMode: 'concat',
      }),
    ),
  },
  {
    title: 'TimeDistributed (Dense)',
    inputs: [[4, 3]],
    apply: single(() => tf.layers.timeDistributed({layer: tf.layers.dense({units: 2})})),
  },
  {
    title: 'ConvLSTM2D',
    inputs: [[2, 4, 4, 2]],
    apply: single(() => tf.layers.convLstm2d({filters: 2, kernelSize: 3, padding: 'same'})),
  },
  {
    title: 'Dot, rank 2',
    inputs: [[5], [5]],
    apply: inputs => tf.layers.dot({axes: 1}).apply(inputs) as tf.SymbolicTensor,
  },
  {
    title: 'Dot, rank 3',
    inputs: [
      [3, 5],
      [4, 5],
    ],
    apply: inputs => tf.layers.dot({axes: 2}).apply(inputs) as tf.SymbolicTensor,
  },
  {
    title: 'Embedding',
    inputs: [[4]],
    indices: 7,
    apply: single(() => tf.layers.embedding({inputDim: 7, outputDim: 3})),
  },
  {
    title: 'Attention with matMul',
    inputs: [[4, 6]],
    apply: single(() => new Attention('attention_matmul', false)),
  },
  {
    title: 'Attention with einsum',
    inputs: [[4, 6]],
    apply: single(() => new Attention('attention_einsum', true)),
  },
];

const BATCH = 2;

/**
 * Builds the case's model and runs one training step with whatever multipliers are set.
 * @param whenBuilt called between the two: initialising recurrent weights takes exact products.
 */
export async function trainOneStep(
  {inputs, apply, indices}: LayerCase,
  whenBuilt: () => void,
): Promise<void> {
  const symbols = inputs.map(shape => tf.input({shape}));
  const prepared = indices
    ? symbols
    : symbols.map(
        symbol => tf.layers.prelu({alphaInitializer: 'ones'}).apply(symbol) as tf.SymbolicTensor,
      );
  const output = apply(prepared);
  const model = tf.model({inputs: symbols, outputs: output});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const xs = inputs.map((shape, i) => {
    const full = [BATCH, ...shape];
    return indices
      ? tf.randomUniformInt(full, 0, indices, i + 1)
      : tf.randomNormal(full, 0, 1, 'float32', i + 1);
  });
  const y = tf.randomNormal([BATCH, ...(output.shape.slice(1) as number[])], 0, 1, 'float32', 9);
  whenBuilt();
  await model.trainOnBatch(xs.length === 1 ? xs[0] : xs, y);
  tf.dispose([xs, y]);
  model.dispose();
}
