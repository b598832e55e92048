// SPDX-License-Identifier: Apache-2.0
/** What 3-D and transposed 3-D convolution must do on every engine, forward and backward. */
import * as tf from '@tensorflow/tfjs';
import {setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {enginesHere, type TestEngine} from '../engines.js';
import {check, evaluate, seedOf} from '../oracles/oracle-check.js';
import * as oracle from '../oracles/oracle-conv3d.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import type {Nd} from '../oracles/oracle-ops.js';
import {dataOf, describeOnEngine, multipliersOf} from '../oracles/oracle-suite.js';
import {randomTensor} from '#src/testing/random.js';
import type {Conv3DCase} from './conv3d.cases.js';
import * as cases from './conv3d.cases.js';
import {ASYMMETRIC} from './multipliers.cases.js';

type Shape5D = [number, number, number, number, number];

function titleOf({xShape, wShape, geometry}: Conv3DCase): string {
  const {strides, dilations, pad} = geometry;
  const dilated = dilations.some(d => d > 1) ? ` dilations ${dilations}` : '';
  return `[${xShape}] * [${wShape}] strides ${strides}${dilated} ${pad}`;
}

const isDilated = ({geometry}: Conv3DCase): boolean => geometry.dilations.some(d => d > 1);

/** The kernels that tfjs's gradients call, called directly. */
const conv3dKernels = {
  inputGradient: (
    dy: tf.Tensor,
    filter: tf.Tensor,
    inputShape: number[],
    {strides, pad}: oracle.Geometry3D,
  ) =>
    tf
      .engine()
      .runKernel(
        'Conv3DBackpropInputV2',
        {dy, filter},
        {strides: [...strides], pad, inputShape},
      ) as tf.Tensor,
  filterGradient: (
    x: tf.Tensor,
    dy: tf.Tensor,
    filterShape: number[],
    {strides, pad}: oracle.Geometry3D,
  ) =>
    tf
      .engine()
      .runKernel(
        'Conv3DBackpropFilterV2',
        {x, dy},
        {strides: [...strides], pad, filterShape},
      ) as tf.Tensor,
};

const forwardOp =
  ({strides, pad, dilations}: oracle.Geometry3D) =>
  (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [...strides], pad, 'NDHWC', [...dilations]);

const transposedOp =
  (outShape: number[], {strides, pad}: oracle.Geometry3D) =>
  (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, outShape as Shape5D, [...strides], pad);

function describeConv3D(options: TestEngine): void {
  const fits = (c: Conv3DCase): boolean => cases.conv3dMacs(c) <= options.maxMacs.conv3d;

  describeOnEngine('conv3d', options, () => {
    const shapes = options.few ? cases.FEW_CONV3D : cases.CONV3D;
    shapes.filter(fits).forEach((c, index) => {
      const {xShape, wShape, geometry, extra} = c;
      const yShape = oracle.conv3dShape(xShape, wShape, geometry);
      for (const multiplier of multipliersOf(options, index, extra)) {
        const title = `${titleOf(c)}, ${multiplier}`;
        const data = (shape: number[], plus: number): Nd =>
          randomTensor(shape, seedOf(title) + plus, dataOf(multiplier, index));

        it(`${title}: forward`, () =>
          check({
            what: title,
            multiplier,
            operands: [data(xShape, 0), data(wShape, 1)],
            op: forwardOp(geometry),
            own: (p, x, w) => oracle.conv3d(p, x, w, geometry),
          }));

        if (isDilated(c)) continue;

        it(`${title}: input gradient`, () =>
          check({
            what: title,
            multiplier,
            operands: [data(yShape, 2), data(wShape, 1)],
            op: (dy, w) => conv3dKernels.inputGradient(dy, w, xShape, geometry),
            own: (p, dy, w) => oracle.conv3dInputGradient(p, dy, w, xShape, geometry),
          }));

        it(`${title}: filter gradient`, () =>
          check({
            what: title,
            multiplier,
            operands: [data(xShape, 0), data(yShape, 2)],
            op: (x, dy) => conv3dKernels.filterGradient(x, dy, wShape, geometry),
            own: (p, x, dy) => oracle.conv3dFilterGradient(p, x, dy, wShape, geometry),
          }));
      }
    });

    describe('gradients: operand order, and a multiplier per pass', () => {
      const [forward, inputGradient, weightGradient] = ASYMMETRIC.map(testMultiplier);

      /** The value and both gradients, under three multipliers. */
      const run = (op: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor, x: Nd, w: Nd, dy: Nd) => {
        setMultiplier({
          forward: forward.setting,
          inputGradient: inputGradient.setting,
          weightGradient: weightGradient.setting,
        });
        return evaluate([x, w, dy], (a, b, g) => {
          const {value, grads} = tf.valueAndGrads(op)([a, b], g);
          return [value, ...grads];
        });
      };

      for (const c of options.few ? cases.FEW_CONV3D_GRADIENTS : cases.CONV3D_GRADIENTS) {
        const {xShape, wShape, geometry} = c;
        const title = titleOf(c);
        it(`conv3d ${title}`, async () => {
          const yShape = oracle.conv3dShape(xShape, wShape, geometry);
          const [x, w, g] = [xShape, wShape, yShape].map((shape, i) =>
            randomTensor(shape, seedOf(title) + i),
          );
          const [y, dx, dw] = await run(forwardOp(geometry), x, w, g);
          expectSameBits('y', y.data, oracle.conv3d(forward.product, x, w, geometry).data);
          const ownX = oracle.conv3dInputGradient(inputGradient.product, g, w, xShape, geometry);
          expectSameBits('dx', dx.data, ownX.data);
          const ownW = oracle.conv3dFilterGradient(weightGradient.product, x, g, wShape, geometry);
          expectSameBits('dw', dw.data, ownW.data);
        });
      }

      for (const c of options.few ? cases.FEW_CONV3D_TRANSPOSE : cases.CONV3D_TRANSPOSE) {
        const {xShape: outShape, wShape, geometry} = c;
        const xShape = oracle.conv3dShape(outShape, wShape, geometry);
        const title = `[${xShape}] to ${titleOf(c)}`;
        it(`conv3dTranspose ${title}`, async () => {
          const [x, w, g] = [xShape, wShape, outShape].map((shape, i) =>
            randomTensor(shape, seedOf(title) + i),
          );
          const [y, dx, dw] = await run(transposedOp(outShape, geometry), x, w, g);
          const out = oracle.conv3dInputGradient(forward.product, x, w, outShape, geometry);
          expectSameBits('y', y.data, out.data);
          // The input gradient of a transposed convolution is a convolution: mul(dy, weight).
          const ownX = oracle.conv3d(inputGradient.product, g, w, geometry);
          expectSameBits('dx', dx.data, ownX.data);
          // Its filter gradient convolves dy with the activation: mul(activation, dy).
          const {product} = weightGradient;
          const ownW = oracle.conv3dFilterGradient(product, g, x, wShape, geometry, true);
          expectSameBits('dw', dw.data, ownW.data);
        });
      }
    });
  });
}

for (const engine of enginesHere) describeConv3D(engine);
