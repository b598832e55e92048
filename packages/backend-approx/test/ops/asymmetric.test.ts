// SPDX-License-Identifier: Apache-2.0
/**
 * Multipliers in which mul(a, b) is not mul(b, a) see their operands in the documented order, in
 * every kernel and every pass: forward (activation, weight), dX (dy, weight), dW (activation, dy).
 */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setMultiplier, type Pass} from '#src/index.js';
import {same} from '#src/testing/compare.js';
import {enginesHere, type TestEngine} from '../engines.js';
import {expectShown} from '../oracles/oracle-check.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import {type MAC_KERNELS, recordKernels} from '../oracles/oracle-recorder.js';
import {replaysOf, swap} from '../oracles/oracle-replay.js';
import {describeOnEngine} from '../oracles/oracle-suite.js';
import {toTensor} from '../oracles/oracle-tensors.js';
import {randomTensor} from '#src/testing/random.js';
import {TRANSPOSES} from './matmul.cases.js';
import {ASYMMETRIC} from './multipliers.cases.js';

interface Op {
  readonly title: string;
  readonly xShape: number[];
  readonly wShape: number[];
  run(x: tf.Tensor, w: tf.Tensor): tf.Tensor;
}

const OPS: Op[] = [
  ...TRANSPOSES.flatMap(([transposeA, transposeB]) => {
    const xShape = transposeA ? [5, 4] : [4, 5];
    const wShape = transposeB ? [6, 5] : [5, 6];
    const how = `, transposed ${transposeA} ${transposeB}`;
    return [
      {
        title: `matMul${how}`,
        xShape,
        wShape,
        run: (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w, transposeA, transposeB),
      },
      {
        title: `fused matMul${how}`,
        xShape,
        wShape,
        run: (a: tf.Tensor, b: tf.Tensor) => tf.fused.matMul({a, b, transposeA, transposeB}),
      },
    ];
  }),
  {
    title: 'matMul with a broadcast batch',
    xShape: [3, 4, 5],
    wShape: [5, 6],
    run: (x, w) => tf.matMul(x, w),
  },
  {
    title: 'conv2d',
    xShape: [2, 7, 8, 3],
    wShape: [3, 3, 3, 4],
    run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 2], 'same'),
  },
  {
    title: 'fused conv2d',
    xShape: [2, 7, 8, 3],
    wShape: [3, 3, 3, 4],
    run: (x, filter) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: [2, 2],
        pad: 'same',
      }),
  },
  {
    title: 'conv2dTranspose',
    xShape: [2, 4, 4, 4],
    wShape: [3, 3, 3, 4],
    run: (x, w) =>
      tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 7, 8, 3], [2, 2], 'same'),
  },
  {
    title: 'depthwiseConv2d',
    xShape: [2, 8, 9, 2],
    wShape: [3, 3, 2, 3],
    run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 2], 'same'),
  },
  {
    title: 'fused depthwiseConv2d',
    xShape: [2, 8, 9, 2],
    wShape: [3, 3, 2, 3],
    run: (x, filter) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: [2, 2],
        pad: 'same',
      }),
  },
  {
    title: 'conv3d',
    xShape: [2, 4, 5, 6, 3],
    wShape: [2, 3, 3, 3, 4],
    run: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [2, 2, 2], 'same'),
  },
  {
    title: 'conv3dTranspose',
    xShape: [2, 2, 3, 3, 4],
    wShape: [2, 3, 3, 3, 4],
    run: (x, w) =>
      tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [2, 4, 5, 6, 3], [2, 2, 2], 'same'),
  },
  {
    title: 'einsum',
    xShape: [2, 5, 3, 8],
    wShape: [2, 6, 3, 8],
    run: (x, w) => tf.einsum('bqhd,bkhd->bhqk', x, w),
  },
];

/** In which passes each kernel forms products. */
const KERNEL_PASSES: Readonly<Record<(typeof MAC_KERNELS)[number], Pass[]>> = {
  BatchMatMul: ['forward', 'inputGradient', 'weightGradient'],
  _FusedMatMul: ['forward'],
  // The input gradient of a transposed convolution is a convolution, and the other way round.
  Conv2D: ['forward', 'inputGradient'],
  FusedConv2D: ['forward'],
  Conv2DBackpropInput: ['forward', 'inputGradient'],
  Conv2DBackpropFilter: ['weightGradient'],
  DepthwiseConv2dNative: ['forward'],
  FusedDepthwiseConv2D: ['forward'],
  DepthwiseConv2dNativeBackpropInput: ['inputGradient'],
  DepthwiseConv2dNativeBackpropFilter: ['weightGradient'],
  Conv3D: ['forward', 'inputGradient'],
  Conv3DBackpropInputV2: ['forward', 'inputGradient'],
  Conv3DBackpropFilterV2: ['weightGradient'],
  Einsum: ['forward', 'inputGradient', 'weightGradient'],
};

function describeAsymmetric(options: TestEngine): void {
  describeOnEngine('asymmetric multipliers', options, () => {
    const [forward, inputGradient, weightGradient] = ASYMMETRIC.map(testMultiplier);
    const multipliers = {forward, inputGradient, weightGradient};
    const seen = new Set<string>();

    for (const {title, xShape, wShape, run} of OPS) {
      it(`${title}: the operands of every pass in their order`, async () => {
        setMultiplier({
          forward: forward.setting,
          inputGradient: inputGradient.setting,
          weightGradient: weightGradient.setting,
        });
        const calls = await recordKernels(start => {
          tf.tidy(() => {
            const x = toTensor(randomTensor(xShape, 1));
            const w = toTensor(randomTensor(wShape, 2));
            const dy = toTensor(randomTensor(run(x, w).shape, 3));
            start();
            tf.valueAndGrads(run)([x, w], dy);
          });
          return Promise.resolve();
        });
        const replays = replaysOf(calls);
        expect(replays.map(({pass}) => pass)).to.have.members(Object.keys(multipliers));
        for (const {call, pass, operands, own} of replays) {
          const {product} = multipliers[pass];
          const what = `${call.kernel} (${pass})`;
          expectShown(what, product, call.output, operands, own);
          const exchanged = own(swap(product), ...operands).data;
          const equal = exchanged.every((value, i) => same(value, call.output.data[i]));
          expect(equal, `${what} with its operands exchanged`).to.equal(false);
          seen.add(what);
        }
      });
    }

    it('which is all kernels in all their passes', () => {
      const all = Object.entries(KERNEL_PASSES).flatMap(([kernel, passes]) =>
        passes.map(pass => `${kernel} (${pass})`),
      );
      expect([...seen]).to.have.members(all);
    });
  });
}

for (const engine of enginesHere) describeAsymmetric(engine);
