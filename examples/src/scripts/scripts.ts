// SPDX-License-Identifier: Apache-2.0
/**
 * What each script of examples/scripts multiplies: by layer, the multiply-accumulates of one example, and for how
 * many examples they are formed in each pass. All of it follows from the script by hand.
 */

/** The kernels that a kind of layer uses, by pass; TensorFlow.js takes fused ones where it can. */
export const KERNELS = {
  matMul: {
    forward: ['BatchMatMul', '_FusedMatMul'],
    inputGradient: ['BatchMatMul'],
    weightGradient: ['BatchMatMul'],
  },
  conv: {
    forward: ['Conv2D', 'FusedConv2D'],
    inputGradient: ['Conv2DBackpropInput'],
    weightGradient: ['Conv2DBackpropFilter'],
  },
  convTranspose: {
    forward: ['Conv2DBackpropInput'],
    inputGradient: ['Conv2D'],
    weightGradient: ['Conv2DBackpropFilter'],
  },
  depthwise: {
    forward: ['DepthwiseConv2dNative'],
    inputGradient: ['DepthwiseConv2dNativeBackpropInput'],
    weightGradient: ['DepthwiseConv2dNativeBackpropFilter'],
  },
} as const;

export type Kind = keyof typeof KERNELS;
export const PASSES = ['forward', 'inputGradient', 'weightGradient'] as const;

/** Examples by pass, in the order of PASSES. A row of two is only read: forward. */
export type LayerRow = readonly [
  layer: string,
  kind: Kind,
  macs: number,
  forward: number,
  inputGradient?: number,
  weightGradient?: number,
];

export interface Script {
  readonly file: string;
  readonly layers: readonly LayerRow[];
  /** Layers whose recurrent kernels are made orthogonal: by a QR decomposition, which stays exact. */
  readonly orthogonal?: readonly string[];
}

/** Weights of a recurrent layer for one step. */
const recurrent = (gates: number, inputs: number, units: number) =>
  gates * (inputs + units) * units;
const td = (index: number) => `time_distributed_TimeDistributed${index}/dense_Dense${index}`;

/** The layers of a graph model are its nodes. */
const GRAPH = 'StatefulPartitionedCall/small';

/** Both combined and alone, a discriminator of 8x8 images: two convolutions and two outputs. */
const DISCRIMINATOR_MACS = [4 * 4 * 8 * 9, 4 * 4 * 16 * 9 * 8, 256, 256 * 10] as const;
const GENERATOR_MACS = [12 * 64, 2 * 2 * 16 * 9 * 8, 4 * 4 * 8 * 9] as const;

export const SCRIPTS: readonly Script[] = [
  {
    file: 'mnist-cnn.mjs',
    // 3 epochs of 160, then 40 to evaluate and 10 to predict. Pixels get no gradient.
    layers: [
      ['conv2d_Conv2D1', 'conv', 6 * 6 * 8 * 9, 530, 0, 480],
      ['conv2d_Conv2D2', 'conv', 2 * 2 * 16 * 4 * 8, 530, 480, 480],
      ['dense_Dense1', 'matMul', 64 * 10, 530, 480, 480],
    ],
  },
  {
    file: 'iris.cjs',
    // 6 epochs of 120 and 30 to validate, 1 to predict. A fused product has both gradients or none, so the
    // gradient of the features is formed, and not used.
    layers: [
      ['dense_Dense1', 'matMul', 4 * 10, 901, 720, 720],
      ['dense_Dense2', 'matMul', 10 * 3, 901, 720, 720],
    ],
  },
  {
    file: 'housing.mjs',
    // 4 epochs of 120, 40 to evaluate.
    layers: [
      ['dense_Dense1', 'matMul', 6, 520, 480, 480],
      ['dense_Dense2', 'matMul', 6 * 16, 520, 480, 480],
      ['dense_Dense3', 'matMul', 16, 520, 480, 480],
    ],
  },
  {
    file: 'addition-rnn.mjs',
    // 3 epochs of 96, 1 to predict; 5 steps of 12 characters are read and 3 written.
    layers: (
      [
        ['simple_rnn_SimpleRNN', 1],
        ['gru_GRU', 3],
        ['lstm_LSTM', 4],
      ] as const
    ).flatMap(([name, gates], i): LayerRow[] => [
      [`${name}1`, 'matMul', 5 * recurrent(gates, 12, 20), 289, 288, 288],
      [`${name}2`, 'matMul', 3 * recurrent(gates, 20, 20), 289, 288, 288],
      [td(i + 1), 'matMul', 3 * 20 * 12, 289, 288, 288],
    ]),
    orthogonal: ['simple_rnn_SimpleRNN', 'gru_GRU', 'lstm_LSTM'].flatMap(n => [`${n}1`, `${n}2`]),
  },
  {
    file: 'text-generation.mjs',
    // 3 epochs of 137 windows of 8 characters out of 27, 8 characters to write.
    layers: [
      ['lstm_LSTM1', 'matMul', 8 * recurrent(4, 27, 20), 419, 411, 411],
      ['dense_Dense1', 'matMul', 20 * 27, 419, 411, 411],
    ],
    orthogonal: ['lstm_LSTM1'],
  },
  {
    file: 'sentiment.mjs',
    // 3 epochs of 128, 2 to predict; an embedding is a look-up and its gradient a sum: no products.
    layers: [
      ['conv1d_Conv1D1', 'conv', 10 * 16 * 3 * 12, 386, 384, 384],
      ['conv1d_Conv1D2', 'conv', 8 * 16 * 3 * 16, 386, 384, 384],
      ['dense_Dense1', 'matMul', 16 * 8, 386, 384, 384],
      ['dense_Dense2', 'matMul', 8, 386, 384, 384],
    ],
  },
  {
    file: 'date-conversion.mjs',
    // 3 epochs of 64; 3 characters are written, each of which runs the model, and its attention once more.
    // Attention is two products of activations: the gradient of the second operand counts as weightGradient.
    layers: [
      ['lstm_LSTM1', 'matMul', 11 * recurrent(4, 12, 16), 198, 192, 192],
      ['lstm_LSTM2', 'matMul', 10 * recurrent(4, 12, 16), 198, 192, 192],
      ['scores', 'matMul', 10 * 11 * 16, 198, 192, 192],
      ['context', 'matMul', 10 * 11 * 16, 195, 192, 192],
      [td(2), 'matMul', 10 * 32 * 16, 195, 192, 192],
      [td(1), 'matMul', 10 * 16 * 13, 195, 192, 192],
    ],
    orthogonal: ['lstm_LSTM1', 'lstm_LSTM2'],
  },
  {
    file: 'vae.mjs',
    // 3 epochs of 200; the decoder draws 1, called by itself.
    layers: [
      ['encoder/dense_Dense1', 'matMul', 64 * 32, 600, 0, 600],
      ['encoder/mean', 'matMul', 32 * 2, 600, 600, 600],
      ['encoder/log_variance', 'matMul', 32 * 2, 600, 600, 600],
      ['decoder/dense_Dense2', 'matMul', 2 * 32, 600, 600, 600],
      ['decoder/dense_Dense3', 'matMul', 32 * 64, 600, 600, 600],
      ['dense_Dense2', 'matMul', 2 * 32, 1],
      ['dense_Dense3', 'matMul', 32 * 64, 1],
    ],
  },
  {
    file: 'acgan.mjs',
    // 8 steps: 20 are drawn for the discriminator, which learns from 40; then 20 are drawn in the combined model.
    // That runs the discriminator once for each of its two outputs, and its fused layers have the gradient of
    // weights that are frozen.
    layers: [
      ['sequential_2/dense_Dense3', 'matMul', GENERATOR_MACS[0], 161],
      ['sequential_2/conv2d_transpose_Conv2DTranspose1', 'convTranspose', GENERATOR_MACS[1], 161],
      ['sequential_2/conv2d_transpose_Conv2DTranspose2', 'convTranspose', GENERATOR_MACS[2], 161],
      ['sequential_1/conv2d_Conv2D1', 'conv', DISCRIMINATOR_MACS[0], 320, 320, 320],
      ['sequential_1/conv2d_Conv2D2', 'conv', DISCRIMINATOR_MACS[1], 320, 320, 320],
      ['dense_Dense1', 'matMul', DISCRIMINATOR_MACS[2], 320, 320, 320],
      ['dense_Dense2', 'matMul', DISCRIMINATOR_MACS[3], 320, 320, 320],
      ['generator/sequential_2/dense_Dense3', 'matMul', GENERATOR_MACS[0], 160, 160, 160],
      [
        'generator/sequential_2/conv2d_transpose_Conv2DTranspose1',
        'convTranspose',
        ...([GENERATOR_MACS[1], 160, 160, 160] as const),
      ],
      [
        'generator/sequential_2/conv2d_transpose_Conv2DTranspose2',
        'convTranspose',
        ...([GENERATOR_MACS[2], 160, 160, 160] as const),
      ],
      ['discriminator/sequential_1/conv2d_Conv2D1', 'conv', DISCRIMINATOR_MACS[0], 320, 160, 160],
      ['discriminator/sequential_1/conv2d_Conv2D2', 'conv', DISCRIMINATOR_MACS[1], 320, 160, 160],
      ['discriminator/dense_Dense1', 'matMul', DISCRIMINATOR_MACS[2], 320, 160, 160],
      ['discriminator/dense_Dense2', 'matMul', DISCRIMINATOR_MACS[3], 320, 160, 160],
    ],
  },
  {
    file: 'dqn-grid.mjs',
    // 40 steps of 32 by the online network (inside variableGrads) and the target network; 23 moves are not
    // curious, and the values of the first cell are printed.
    layers: [
      ['sequential_1/dense_Dense1', 'matMul', 16 * 24, 1280, 0, 1280],
      ['sequential_1/dense_Dense2', 'matMul', 24 * 4, 1280, 1280, 1280],
      ['dense_Dense3', 'matMul', 16 * 24, 1280],
      ['dense_Dense4', 'matMul', 24 * 4, 1280],
      ['dense_Dense1', 'matMul', 16 * 24, 24],
      ['dense_Dense2', 'matMul', 24 * 4, 24],
    ],
  },
  {
    file: 'transfer-learning.mjs',
    // 3 epochs of 100 for the base, and as many for the head, in which frozen layers run forward only.
    layers: [
      ['conv2d_Conv2D1', 'conv', 6 * 6 * 8 * 9, 600, 0, 300],
      ['depthwise_conv2d_DepthwiseConv2D1', 'depthwise', 4 * 4 * 8 * 9, 600, 300, 300],
      ['dense_Dense1', 'matMul', 128 * 5, 300, 300, 300],
      ['new_hidden', 'matMul', 128 * 16, 300, 0, 300],
      ['new_classes', 'matMul', 16 * 5, 300, 300, 300],
    ],
  },
  {
    file: 'graph-model.mjs',
    // 3 are predicted, and the features of 200 computed; the head has 4 epochs of them.
    layers: [
      [`${GRAPH}/conv2d/Relu`, 'conv', 8 * 8 * 4 * 9, 203],
      [`${GRAPH}/conv2d_1/Relu`, 'conv', 2 * 2 * 6 * 9 * 4, 203],
      [`${GRAPH}/dense/Relu`, 'matMul', 24 * 8, 3],
      [`${GRAPH}/logits/BiasAdd`, 'matMul', 8 * 5, 3],
      ['dense_Dense1', 'matMul', 24 * 16, 800, 0, 800],
      ['dense_Dense2', 'matMul', 16 * 10, 800, 800, 800],
    ],
  },
  {
    file: 'masking.mjs',
    // 4 epochs of 64, and 2 vectors to predict. Masked steps are computed, and their result is not used.
    layers: [
      ['gru_GRU1', 'matMul', 6 * recurrent(3, 2, 8), 258, 256, 256],
      ['dense_Dense1', 'matMul', 8, 258, 256, 256],
      ...['forward', 'backward'].map((direction): LayerRow => [
        `bidirectional_Bidirectional1/${direction}_lstm_LSTM1`,
        'matMul',
        ...([6 * recurrent(4, 6, 6), 256, 256, 256] as const),
      ]),
      ['dense_Dense2', 'matMul', 12, 256, 256, 256],
    ],
    orthogonal: ['gru_GRU1', 'bidirectional_Bidirectional1'],
  },
  {
    file: 'object-detection.mjs',
    // 4 epochs of 48, 1 to predict.
    layers: [
      ['conv2d_Conv2D1', 'conv', 14 * 14 * 6 * 9 * 3, 193, 0, 192],
      ['separable_conv2d_SeparableConv2D1', 'depthwise', 5 * 5 * 6 * 9, 193, 192, 192],
      ['separable_conv2d_SeparableConv2D1', 'conv', 5 * 5 * 6 * 8, 193, 192, 192],
      ['dense_Dense1', 'matMul', 200 * 24, 193, 192, 192],
      ['dense_Dense2', 'matMul', 24 * 5, 193, 192, 192],
    ],
  },
];
