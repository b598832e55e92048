// SPDX-License-Identifier: Apache-2.0
/** Gradients of matMul with broadcast batches, and more batches than a GPU has workgroups in a row. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {enginesHere, type TestEngine} from '../engines.js';
import {check, evaluate, seedOf} from '../oracles/oracle-check.js';
import {depthwise} from '../oracles/oracle-depthwise.js';
import {broadcastMatMulGradients, einsum} from '../oracles/oracle-einsum.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import {matMul, matMulGradients} from '../oracles/oracle-ops.js';
import {describeOnEngine} from '../oracles/oracle-suite.js';
import {randomTensor} from '#src/testing/random.js';
import {skipBecause} from '#src/testing/skip.js';
import * as cases from './einsum.cases.js';
import {TRANSPOSES} from './matmul.cases.js';
import {ASYMMETRIC} from './multipliers.cases.js';

function describeBatches(options: TestEngine): void {
  const passes = ASYMMETRIC.map(testMultiplier);
  const [forward, inputGradient, weightGradient] = passes;
  const setPasses = () =>
    setMultiplier({
      forward: forward.setting,
      inputGradient: inputGradient.setting,
      weightGradient: weightGradient.setting,
    });

  describeOnEngine('batches', options, () => {
    const batches = options.few ? cases.FEW_BROADCAST : cases.BROADCAST;
    batches.forEach(({aBatch, bBatch, mkn: [m, k, n]}, index) => {
      const transposes = options.few ? [TRANSPOSES[3 * (index % 2)]] : TRANSPOSES;
      for (const [transposeA, transposeB] of transposes) {
        const aShape = [...aBatch, ...(transposeA ? [k, m] : [m, k])];
        const bShape = [...bBatch, ...(transposeB ? [n, k] : [k, n])];
        const turned = transposeA ? ' transposed' : '';
        const title = `[${aShape}]${turned} x [${bShape}]${transposeB ? ' transposed' : ''}`;

        it(`gradients of matMul ${title}`, async () => {
          setPasses();
          const a = randomTensor(aShape, seedOf(title));
          const b = randomTensor(bShape, seedOf(title) + 1);
          const y = matMul(forward.product, a, b, transposeA, transposeB);
          const dy = randomTensor(y.shape, seedOf(title) + 2);
          const [out, da, db] = await evaluate([a, b, dy], (x, w, g) => {
            const op = (p: tf.Tensor, q: tf.Tensor) => tf.matMul(p, q, transposeA, transposeB);
            const {value, grads} = tf.valueAndGrads(op)([x, w], g);
            return [value, ...grads];
          });
          const own = ({product}: typeof forward) =>
            broadcastMatMulGradients(product, a, b, dy, transposeA, transposeB);
          expectSameBits('y', out.data, y.data);
          expect(da.shape).to.deep.equal(a.shape);
          expect(db.shape).to.deep.equal(b.shape);
          expectSameBits('da', da.data, own(inputGradient).da.data);
          expectSameBits('db', db.data, own(weightGradient).db.data);
        });
      }
    });

    describe('more than 65,535', () => {
      const MANY = 66_000;

      before(function () {
        if (options.many) return;
        skipBecause(this, 'so many workgroups take this adapter minutes');
      });

      it('batches of a tiny matMul, forward and backward', async () => {
        setPasses();
        const [a, b, dy] = [
          [MANY, 2, 3],
          [MANY, 3, 1],
          [MANY, 2, 1],
        ].map((shape, i) => randomTensor(shape, 41 + i));
        const [y, da, db] = await evaluate([a, b, dy], (x, w, g) => {
          const {value, grads} = tf.valueAndGrads((p, q) => tf.matMul(p, q))([x, w], g);
          return [value, ...grads];
        });
        expectSameBits('y', y.data, matMul(forward.product, a, b).data);
        expectSameBits('da', da.data, matMulGradients(inputGradient.product, a, b, dy).da.data);
        expectSameBits('db', db.data, matMulGradients(weightGradient.product, a, b, dy).db.data);
      });

      it('batches of an einsum', () =>
        check({
          what: 'einsum',
          multiplier: 'mbm7',
          operands: [randomTensor([MANY, 2], 51), randomTensor([2, MANY, 2], 52)],
          op: (a, b) => tf.einsum('bj,jbk->bk', a, b),
          own: (p, a, b) => einsum(p, 'bj,jbk->bk', a, b),
        }));

      it('channels of a depthwise convolution', () => {
        const geometry = {strides: [1, 1], dilations: [1, 1], pad: 'valid'} as const;
        return check({
          what: 'depthwise',
          multiplier: 'mbm7',
          operands: [randomTensor([1, 2, 3, MANY], 61), randomTensor([2, 2, MANY, 1], 62)],
          op: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'),
          own: (p, x, w) => depthwise(p, x, w, geometry),
        });
      });
    });
  });
}

for (const engine of enginesHere) describeBatches(engine);
