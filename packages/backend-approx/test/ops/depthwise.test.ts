// SPDX-License-Identifier: Apache-2.0
/** What depthwise convolution must do on every engine, forward and backward. */
import * as tf from '@tensorflow/tfjs';
import {setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {enginesHere, type TestEngine} from '../engines.js';
import {check, evaluate, seedOf} from '../oracles/oracle-check.js';
import * as oracle from '../oracles/oracle-depthwise.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import {
  type Activation,
  type Geometry,
  type Nd,
  activationGradient,
  epilogue,
} from '../oracles/oracle-ops.js';
import {dataOf, describeOnEngine, multipliersOf} from '../oracles/oracle-suite.js';
import {tfPad, toTensor} from '../oracles/oracle-tensors.js';
import {randomTensor} from '#src/testing/random.js';
import type {DepthwiseCase} from './depthwise.cases.js';
import * as cases from './depthwise.cases.js';
import {ASYMMETRIC} from './multipliers.cases.js';

function titleOf({xShape, wShape, geometry}: DepthwiseCase): string {
  const {strides, dilations, pad} = geometry;
  const padding = typeof pad === 'string' ? pad : Object.values(pad).join('/');
  const dilated = dilations.some(d => d > 1) ? ` dilations ${dilations}` : '';
  return `[${xShape}] * [${wShape}] strides ${strides}${dilated} ${padding}`;
}

const isDilated = ({geometry}: DepthwiseCase): boolean => geometry.dilations.some(d => d > 1);

function attributes({strides, pad}: Geometry, own: object): tf.NamedAttrMap {
  const common = {strides: [...strides], pad: tfPad(pad), dilations: [1, 1], dataFormat: 'NHWC'};
  return {...common, ...own};
}

/** The kernels that tfjs's gradients call, called directly. */
const depthwiseKernels = {
  inputGradient: (dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], geometry: Geometry) =>
    tf
      .engine()
      .runKernel(
        'DepthwiseConv2dNativeBackpropInput',
        {dy, filter},
        attributes(geometry, {inputShape}),
      ) as tf.Tensor,
  filterGradient: (x: tf.Tensor, dy: tf.Tensor, filterShape: number[], geometry: Geometry) =>
    tf
      .engine()
      .runKernel(
        'DepthwiseConv2dNativeBackpropFilter',
        {x, dy},
        attributes(geometry, {filterShape}),
      ) as tf.Tensor,
};

const forwardOp =
  ({strides, pad, dilations}: Geometry) =>
  (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, [...strides], tfPad(pad), 'NHWC', [
      ...dilations,
    ]);

const fusedOp =
  ({strides, pad, dilations}: Geometry, activation: Activation) =>
  (x: tf.Tensor, filter: tf.Tensor, bias?: tf.Tensor): tf.Tensor =>
    tf.fused.depthwiseConv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: [...strides],
      pad: tfPad(pad) as 'same',
      dilations: [...dilations],
      bias,
      activation,
    });

function describeDepthwise(options: TestEngine): void {
  const fits = (c: DepthwiseCase): boolean => cases.depthwiseMacs(c) <= options.maxMacs.depthwise;

  describeOnEngine('depthwise convolution', options, () => {
    const shapes = options.few ? cases.FEW_DEPTHWISE : cases.DEPTHWISE;
    shapes.filter(fits).forEach((c, index) => {
      const {xShape, wShape, geometry, extra} = c;
      const yShape = oracle.depthwiseShape(xShape, wShape, geometry);
      for (const multiplier of multipliersOf(options, index, extra)) {
        const title = `${titleOf(c)}, ${multiplier}`;
        const seed = seedOf(title);
        const data = (shape: number[], plus: number): Nd =>
          randomTensor(shape, seed + plus, dataOf(multiplier, index));

        it(`${title}: forward`, () =>
          check({
            what: title,
            multiplier,
            operands: [data(xShape, 0), data(wShape, 1)],
            op: forwardOp(geometry),
            own: (p, x, w) => oracle.depthwise(p, x, w, geometry),
          }));

        if (isDilated(c)) continue;

        it(`${title}: input gradient`, () =>
          check({
            what: title,
            multiplier,
            operands: [data(yShape, 2), data(wShape, 1)],
            op: (dy, w) => depthwiseKernels.inputGradient(dy, w, xShape, geometry),
            own: (p, dy, w) => oracle.depthwiseInputGradient(p, dy, w, xShape, geometry),
          }));

        it(`${title}: filter gradient`, () =>
          check({
            what: title,
            multiplier,
            operands: [data(xShape, 0), data(yShape, 2)],
            op: (x, dy) => depthwiseKernels.filterGradient(x, dy, wShape, geometry),
            own: (p, x, dy) => oracle.depthwiseFilterGradient(p, x, dy, wShape, geometry),
          }));
      }
    });

    const fused = options.few ? cases.FEW_FUSED_DEPTHWISE : cases.FUSED_DEPTHWISE;
    fused.filter(fits).forEach((c, index) => {
      const {xShape, wShape, geometry, biasShape, activation, extra} = c;
      for (const multiplier of multipliersOf(options, index + 1, extra)) {
        const bias = biasShape ? `bias [${biasShape}]` : 'no bias';
        const title = `${titleOf(c)}, ${bias}, ${activation}, ${multiplier}`;
        const seed = seedOf(title);
        it(`fused ${title}`, () => {
          const all = biasShape ? [xShape, wShape, biasShape] : [xShape, wShape];
          return check({
            what: title,
            multiplier,
            operands: all.map((shape, i) =>
              randomTensor(shape, seed + i, dataOf(multiplier, index)),
            ),
            op: fusedOp(geometry, activation),
            own: (p, x, w, b?) => epilogue(oracle.depthwise(p, x, w, geometry), b, activation),
          });
        });
      }
    });

    describe('gradients: operand order, and a multiplier per pass', () => {
      const [forward, inputGradient, weightGradient] = ASYMMETRIC.map(testMultiplier);

      for (const c of cases.DEPTHWISE_GRADIENTS) {
        const {xShape, wShape, geometry} = c;
        const title = titleOf(c);
        const [x, w, dy, bias] = [
          xShape,
          wShape,
          oracle.depthwiseShape(xShape, wShape, geometry),
          [wShape[2] * wShape[3]],
        ].map((shape, i) => randomTensor(shape, seedOf(title) + i));

        const compare = async (
          activation: Activation,
          ownBias: Nd | undefined,
          op: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor,
        ): Promise<void> => {
          setMultiplier({
            forward: forward.setting,
            inputGradient: inputGradient.setting,
            weightGradient: weightGradient.setting,
          });
          const [y, dx, dw] = await evaluate([x, w, dy], (a, b, g) => {
            const {value, grads} = tf.valueAndGrads(op)([a, b], g);
            return [value, ...grads];
          });
          const sums = oracle.depthwise(forward.product, x, w, geometry);
          const out = epilogue(sums, ownBias, activation);
          const g = activationGradient(out, dy, activation);
          expectSameBits('y', y.data, out.data);
          const ownX = oracle.depthwiseInputGradient(inputGradient.product, g, w, xShape, geometry);
          expectSameBits('dx', dx.data, ownX.data);
          const {product} = weightGradient;
          const ownW = oracle.depthwiseFilterGradient(product, x, g, wShape, geometry);
          expectSameBits('dw', dw.data, ownW.data);
        };

        it(title, () => compare('linear', undefined, forwardOp(geometry)));

        it(`fused with bias ${title}`, () =>
          compare('linear', bias, (a, b) => fusedOp(geometry, 'linear')(a, b, toTensor(bias))));

        it(`fused with bias and relu ${title}`, () =>
          compare('relu', bias, (a, b) => fusedOp(geometry, 'relu')(a, b, toTensor(bias))));
      }
    });
  });
}

for (const engine of enginesHere) describeDepthwise(engine);
