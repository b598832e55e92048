// SPDX-License-Identifier: Apache-2.0
/** The loop nests for depthwise, 3-D convolution and einsum, with exact products, against stock tfjs. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {expectWithin} from '#src/testing/compare.js';
import * as volume from './oracle-conv3d.js';
import * as depth from './oracle-depthwise.js';
import * as sums from './oracle-einsum.js';
import type {Geometry, Nd} from './oracle-ops.js';
import {oracleProduct} from './oracle-product.js';
import {toTensor} from './oracle-tensors.js';
import {NARROW, randomTensor} from '#src/testing/random.js';

const fp32 = oracleProduct('fp32');

function agrees(what: string, stock: tf.Tensor, own: Nd): void {
  expect(stock.shape, what).to.deep.equal([...own.shape]);
  expectWithin(what, own.data, stock.dataSync(), 2e-4);
}

describe('the oracles for layers, against stock tfjs', () => {
  before(async () => {
    await tf.setBackend('cpu');
    tf.engine().startScope();
  });
  after(() => tf.engine().endScope());

  const depthwise: [number[], number[], Geometry][] = [
    [[2, 7, 8, 3], [3, 3, 3, 1], {strides: [1, 1], dilations: [1, 1], pad: 'same'}],
    [[1, 9, 8, 2], [2, 3, 2, 3], {strides: [2, 2], dilations: [1, 1], pad: 'same'}],
    [[1, 9, 10, 2], [4, 3, 2, 2], {strides: [3, 3], dilations: [1, 1], pad: 'valid'}],
    [[1, 11, 12, 2], [3, 2, 2, 2], {strides: [1, 1], dilations: [2, 2], pad: 'same'}],
  ];
  for (const [xShape, wShape, geometry] of depthwise) {
    it(`depthwise ${xShape} with ${wShape}, ${JSON.stringify(geometry)}`, () => {
      const {strides, dilations, pad} = geometry;
      const x = randomTensor(xShape, 1, NARROW);
      const w = randomTensor(wShape, 2, NARROW);
      const op = (a: tf.Tensor, b: tf.Tensor) =>
        tf.depthwiseConv2d(
          a as tf.Tensor4D,
          b as tf.Tensor4D,
          [...strides],
          pad as 'same',
          'NHWC',
          [...dilations],
        );
      const y = depth.depthwise(fp32, x, w, geometry);
      agrees('y', op(toTensor(x), toTensor(w)), y);
      if (dilations.some(d => d > 1)) return;
      const dy = randomTensor(y.shape, 3, NARROW);
      const [dx, dw] = tf.grads(op)([toTensor(x), toTensor(w)], toTensor(dy));
      agrees('dx', dx, depth.depthwiseInputGradient(fp32, dy, w, xShape, geometry));
      agrees('dw', dw, depth.depthwiseFilterGradient(fp32, x, dy, wShape, geometry));
    });
  }

  const volumes: [number[], number[], volume.Geometry3D][] = [
    [[2, 4, 5, 6, 2], [3, 3, 3, 2, 3], {strides: [1, 1, 1], dilations: [1, 1, 1], pad: 'same'}],
    [[1, 6, 5, 7, 2], [3, 2, 3, 2, 3], {strides: [1, 2, 3], dilations: [1, 1, 1], pad: 'same'}],
    [[1, 7, 5, 6, 3], [3, 1, 2, 3, 2], {strides: [3, 1, 2], dilations: [1, 1, 1], pad: 'valid'}],
    [[1, 6, 7, 8, 2], [2, 3, 2, 2, 3], {strides: [1, 1, 1], dilations: [2, 2, 3], pad: 'same'}],
  ];
  for (const [xShape, wShape, geometry] of volumes) {
    it(`conv3d ${xShape} with ${wShape}, ${JSON.stringify(geometry)}`, () => {
      const {strides, dilations, pad} = geometry;
      const x = randomTensor(xShape, 1, NARROW);
      const w = randomTensor(wShape, 2, NARROW);
      const op = (a: tf.Tensor, b: tf.Tensor) =>
        tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, [...strides], pad, 'NDHWC', [...dilations]);
      const y = volume.conv3d(fp32, x, w, geometry);
      agrees('y', op(toTensor(x), toTensor(w)), y);
      if (dilations.some(d => d > 1)) return;
      const dy = randomTensor(y.shape, 3, NARROW);
      const [dx, dw] = tf.grads(op)([toTensor(x), toTensor(w)], toTensor(dy));
      agrees('dx', dx, volume.conv3dInputGradient(fp32, dy, w, xShape, geometry));
      agrees('dw', dw, volume.conv3dFilterGradient(fp32, x, dy, wShape, geometry));
      expect(volume.conv3dFilterGradient(fp32, x, dy, wShape, geometry, true)).to.deep.equal(
        volume.conv3dFilterGradient(fp32, x, dy, wShape, geometry),
      );
    });
  }

  for (const [equation, aShape, bShape] of [
    ['bij,bjk->bki', [2, 3, 4], [2, 4, 5]],
    ['ijq,jk->ik', [3, 4, 2], [4, 5]],
    ['ij,kl->likj', [2, 3], [4, 5]],
    ['ij,ij->', [3, 4], [3, 4]],
  ] as [string, number[], number[]][]) {
    it(`einsum ${equation}`, () => {
      const a = randomTensor(aShape, 1, NARROW);
      const b = randomTensor(bShape, 2, NARROW);
      const own = sums.einsum(fp32, equation, a, b);
      agrees('y', tf.einsum(equation, toTensor(a), toTensor(b)), own);
      // The sum is linear in each operand: <dy, y(a, b)> = <dA, a> = <dB, b>.
      const dy = randomTensor(own.shape, 3, NARROW);
      const da = sums.einsumGradient(fp32, equation, 'a', a, b, dy);
      const db = sums.einsumGradient(fp32, equation, 'b', a, b, dy);
      const inner = (p: Nd, q: Nd): number => p.data.reduce((s, v, i) => s + v * q.data[i], 0);
      expect(inner(da, a)).to.be.closeTo(inner(dy, own), 1e-3);
      expect(inner(db, b)).to.be.closeTo(inner(dy, own), 1e-3);
    });
  }

  it('gradients of broadcast matMul are those of the repeated operands, summed', () => {
    const a = randomTensor([2, 1, 3, 4], 1, NARROW);
    const b = randomTensor([3, 4, 5], 2, NARROW);
    const dy = randomTensor([2, 3, 3, 5], 3, NARROW);
    const [da, db] = tf.grads((x: tf.Tensor, y: tf.Tensor) =>
      tf.matMul(tf.tile(x, [1, 3, 1, 1]), tf.tile(tf.reshape(y, [1, 3, 4, 5]), [2, 1, 1, 1])),
    )([toTensor(a), toTensor(b)], toTensor(dy));
    const own = sums.broadcastMatMulGradients(fp32, a, b, dy);
    agrees('da', da, own.da);
    agrees('db', db, own.db);
  });
});
