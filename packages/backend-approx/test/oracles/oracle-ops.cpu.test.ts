// SPDX-License-Identifier: Apache-2.0
/** The oracle's loop nests with exact products against the stock cpu backend of tfjs. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {expectWithin} from '#src/testing/compare.js';
import type {Geometry, Nd} from './oracle-ops.js';
import * as oracle from './oracle-ops.js';
import {oracleProduct} from './oracle-product.js';
import {tfPad, toTensor} from './oracle-tensors.js';
import {NARROW, randomTensor} from '#src/testing/random.js';

const fp32 = oracleProduct('fp32');

function agrees(what: string, stock: tf.Tensor, own: Nd): void {
  expect(stock.shape, what).to.deep.equal([...own.shape]);
  expectWithin(what, own.data, stock.dataSync(), 2e-4);
}

describe('the oracle for the ops, against stock tfjs', () => {
  before(async () => {
    await tf.setBackend('cpu');
    tf.engine().startScope();
  });
  after(() => tf.engine().endScope());

  it('sums in blocks that depend on shape alone', () => {
    expect(new oracle.OrderedSum(1024, 1).blockSize).to.equal(Infinity);
    expect(new oracle.OrderedSum(1025, 1).blockSize).to.equal(256);
    expect(new oracle.OrderedSum(16384, 65536).blockSize).to.equal(256);
    expect(new oracle.OrderedSum(16385, 65536).blockSize).to.equal(512);
    expect(new oracle.OrderedSum(3000, 2 ** 22 / 11).blockSize).to.equal(512);
    expect(new oracle.OrderedSum(3000, 2 ** 21).blockSize).to.equal(1536);
    expect(new oracle.OrderedSum(3000, 2 ** 21 + 1).blockSize).to.equal(Infinity);
    // 2^24 + 1 + 1 + ... stays 2^24 in one block; the ones of a second block count together.
    const sum = new oracle.OrderedSum(1025, 1);
    sum.add(2 ** 24);
    for (let k = 1; k < 1025; k++) sum.add(1);
    expect(sum.value()).to.equal(2 ** 24 + 256 + 256 + 256);
  });

  for (const [transposeA, transposeB] of [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ]) {
    it(`matMul and its gradients, transposed ${transposeA} ${transposeB}`, () => {
      const a = randomTensor(transposeA ? [3, 20, 7] : [3, 7, 20], 1, NARROW);
      const b = randomTensor(transposeB ? [3, 9, 20] : [3, 20, 9], 2, NARROW);
      const dy = randomTensor([3, 7, 9], 3, NARROW);
      const op = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB);
      agrees('y', op(toTensor(a), toTensor(b)), oracle.matMul(fp32, a, b, transposeA, transposeB));
      const [da, db] = tf.grads(op)([toTensor(a), toTensor(b)], toTensor(dy));
      const own = oracle.matMulGradients(fp32, a, b, dy, transposeA, transposeB);
      agrees('da', da, own.da);
      agrees('db', db, own.db);
    });
  }

  it('matMul repeats batch dimensions of 1', () => {
    const a = randomTensor([1, 4, 5], 1, NARROW);
    const b = randomTensor([3, 5, 2], 2, NARROW);
    agrees('y', tf.matMul(toTensor(a), toTensor(b)), oracle.matMul(fp32, a, b));
    const c = randomTensor([2, 1, 4, 5], 1, NARROW);
    const d = randomTensor([1, 3, 5, 2], 2, NARROW);
    const tiled = tf.matMul(tf.tile(toTensor(c), [1, 3, 1, 1]), tf.tile(toTensor(d), [2, 1, 1, 1]));
    agrees('y', tiled, oracle.matMul(fp32, c, d));
  });

  const geometries: [number[], number[], Geometry][] = [
    [[2, 7, 8, 3], [3, 3, 3, 4], {strides: [1, 1], dilations: [1, 1], pad: 'same'}],
    [[2, 9, 8, 2], [2, 5, 2, 3], {strides: [2, 3], dilations: [1, 1], pad: 'same'}],
    [[1, 9, 10, 2], [4, 3, 2, 1], {strides: [3, 2], dilations: [1, 1], pad: 'valid'}],
    [[1, 7, 7, 1], [1, 1, 1, 5], {strides: [3, 2], dilations: [1, 1], pad: 'valid'}],
    [
      [2, 6, 7, 3],
      [3, 4, 3, 2],
      {strides: [2, 1], dilations: [1, 1], pad: {top: 2, bottom: 0, left: 1, right: 3}},
    ],
    [[1, 11, 12, 2], [3, 2, 2, 3], {strides: [1, 1], dilations: [2, 3], pad: 'same'}],
    [
      [1, 9, 9, 2],
      [3, 3, 2, 2],
      {strides: [1, 1], dilations: [2, 1], pad: {top: 3, bottom: 1, left: 0, right: 2}},
    ],
  ];
  for (const [xShape, wShape, geometry] of geometries) {
    it(`conv2d ${xShape} with ${wShape}, ${JSON.stringify(geometry)}`, () => {
      const {strides, dilations} = geometry;
      const pad = tfPad(geometry.pad);
      const x = randomTensor(xShape, 1, NARROW);
      const w = randomTensor(wShape, 2, NARROW);
      const op = (a: tf.Tensor, b: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [...strides], pad, 'NHWC', [...dilations]);
      const y = oracle.conv2d(fp32, x, w, geometry);
      agrees('y', op(toTensor(x), toTensor(w)), y);
      if (dilations.some(d => d > 1)) return;
      const dy = randomTensor(y.shape, 3, NARROW);
      const [dx, dw] = tf.grads(op)([toTensor(x), toTensor(w)], toTensor(dy));
      agrees('dx', dx, oracle.conv2dInputGradient(fp32, dy, w, xShape, geometry));
      agrees('dw', dw, oracle.conv2dFilterGradient(fp32, x, dy, wShape, geometry));

      const back = tf.conv2dTranspose(
        toTensor<tf.Tensor4D>(dy),
        toTensor(w),
        xShape as [number, number, number, number],
        [...strides],
        pad,
      );
      agrees('transposed', back, oracle.conv2dInputGradient(fp32, dy, w, xShape, geometry));
    });
  }

  it('the epilogue', () => {
    const y = randomTensor([2, 3, 4, 5], 1, {exponents: [-2, 4]});
    const bias = randomTensor([5], 2, NARROW);
    const sum = tf.add(toTensor(y), toTensor(bias));
    agrees('bias', sum, oracle.epilogue(y, bias));
    agrees('relu', tf.relu(sum), oracle.epilogue(y, bias, 'relu'));
    agrees('relu6', tf.relu6(sum), oracle.epilogue(y, bias, 'relu6'));
  });
});
