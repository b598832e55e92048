// SPDX-License-Identifier: Apache-2.0
/** What einsum of two operands must do on every engine, forward and backward. */
import * as tf from '@tensorflow/tfjs';
import {setMultiplier} from '#src/index.js';
import {expectSameBits} from '#src/testing/compare.js';
import {enginesHere, type TestEngine} from '../engines.js';
import {check, evaluate, seedOf} from '../oracles/oracle-check.js';
import * as oracle from '../oracles/oracle-einsum.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import type {Nd} from '../oracles/oracle-ops.js';
import {dataOf, describeOnEngine, multipliersOf} from '../oracles/oracle-suite.js';
import {randomTensor} from '#src/testing/random.js';
import * as cases from './einsum.cases.js';
import {ASYMMETRIC} from './multipliers.cases.js';

function describeEinsum(options: TestEngine): void {
  const shapes = options.few ? cases.FEW_EINSUM : cases.EINSUM;
  const [forward, inputGradient, weightGradient] = ASYMMETRIC.map(testMultiplier);

  describeOnEngine('einsum', options, () => {
    shapes.forEach(({equation, aShape, bShape, extra}, index) => {
      for (const multiplier of multipliersOf(options, index, extra)) {
        const title = `${equation} of [${aShape}] and [${bShape}], ${multiplier}`;
        it(title, () =>
          check({
            what: title,
            multiplier,
            operands: [aShape, bShape].map((shape, i) =>
              randomTensor(shape, seedOf(title) + i, dataOf(multiplier, index)),
            ),
            op: (a, b) => tf.einsum(equation, a, b),
            own: (p, a, b) => oracle.einsum(p, equation, a, b),
          }),
        );
      }

      const title = `gradients of ${equation} of [${aShape}] and [${bShape}]`;
      it(`${title}, a multiplier per pass`, async () => {
        const seed = seedOf(title);
        const a = randomTensor(aShape, seed);
        const b = randomTensor(bShape, seed + 1);
        const dy = randomTensor(oracle.einsumShape(equation, a, b), seed + 2);
        setMultiplier({
          forward: forward.setting,
          inputGradient: inputGradient.setting,
          weightGradient: weightGradient.setting,
        });
        const [y, da, db] = await evaluate([a, b, dy], (x, w, g) => {
          const op = (left: tf.Tensor, right: tf.Tensor) => tf.einsum(equation, left, right);
          const {value, grads} = tf.valueAndGrads(op)([x, w], g);
          return [value, ...grads];
        });
        const own = (side: 'a' | 'b', {product}: typeof forward): Nd =>
          oracle.einsumGradient(product, equation, side, a, b, dy);
        expectSameBits('y', y.data, oracle.einsum(forward.product, equation, a, b).data);
        expectSameBits('da', da.data, own('a', inputGradient).data);
        expectSameBits('db', db.data, own('b', weightGradient).data);
      });
    });

    it('of a tensor with itself: both gradients are added', async () => {
      setMultiplier({
        forward: forward.setting,
        inputGradient: inputGradient.setting,
        weightGradient: weightGradient.setting,
      });
      const equation = 'bij,bkj->bik';
      const x = randomTensor([2, 3, 4], 31);
      const dy = randomTensor([2, 3, 3], 32);
      const [dx] = await evaluate([x, dy], (t, g) => [
        tf.grad(own => tf.einsum(equation, own, own))(t, g),
      ]);
      const {product} = inputGradient;
      const da = oracle.einsumGradient(product, equation, 'a', x, x, dy);
      const db = oracle.einsumGradient(weightGradient.product, equation, 'b', x, x, dy);
      const sum = da.data.map((d, i) => Math.fround(d + db.data[i]));
      expectSameBits('dx', dx.data, sum);
    });
  });
}

for (const engine of enginesHere) describeEinsum(engine);
