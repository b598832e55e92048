// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {buildLut} from '@tfjs-approx/arithmetic';
import {coverage, resetCoverage, setEngine, setMultiplier} from '../index.js';

/** `kernel pass` of every product since the last reset, sorted. */
function passes(): string[] {
  return coverage()
    .entries.map(({kernel, pass}) => `${kernel} ${pass}`)
    .sort();
}

/** mul(a, b) = a with b's power of two only: it tells which operand came first. */
const firstOperandWins = buildLut(
  (a, b) => a * 2 ** Math.floor(Math.log2(Math.abs(b))) * Math.sign(b),
  {name: 'firstOperandWins', mantissaBits: 4, rounding: 'truncate', provenance: 'test'},
);

/** `tf.grads` with the ranks that convolutions ask for. */
const grads4D = (f: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor) =>
  tf.grads(f as unknown as (...tensors: tf.Tensor[]) => tf.Tensor);

describe('passes', () => {
  before(async () => {
    await setEngine('cpu');
  });
  beforeEach(() => {
    setMultiplier('mbm7');
    resetCoverage();
  });
  after(() => setMultiplier('mbm7'));

  it('predict and evaluate are forward', () => {
    tf.tidy(() => tf.layers.dense({units: 3, inputShape: [4]}).apply(tf.ones([2, 4])) as tf.Tensor);
    expect(passes()).to.deep.equal(['_FusedMatMul forward']);
  });

  for (const [name, activation] of [
    ['fused (linear)', undefined],
    ['unfused (relu)', 'relu'],
  ] as const) {
    it(`a dense layer has all three, ${name}`, () => {
      const layer = tf.layers.dense({units: 3, inputShape: [4], activation});
      layer.build([null, 4]);
      tf.tidy(() => {
        const kernel = layer.trainableWeights[0].read() as tf.Variable;
        tf.grads((x, _w) => (layer.apply(x) as tf.Tensor).sum())([tf.ones([2, 4]), kernel]);
      });
      const forward = activation ? 'BatchMatMul' : '_FusedMatMul';
      expect(passes()).to.include.members([`${forward} forward`, 'BatchMatMul inputGradient']);
      tf.tidy(() =>
        tf.variableGrads(() => (layer.apply(tf.ones([2, 4])) as tf.Tensor).sum().asScalar()),
      );
      expect(passes()).to.include('BatchMatMul weightGradient');
      tf.dispose(layer.trainableWeights.map(weight => weight.read()));
    });
  }

  it('a transposed convolution: dX runs Conv2D, dW runs Conv2DBackpropFilter', () => {
    tf.tidy(() =>
      grads4D((x, w) => tf.conv2dTranspose(x, w, [1, 6, 6, 2], 2, 'same').sum())([
        tf.ones([1, 3, 3, 4]),
        tf.ones([3, 3, 2, 4]),
      ]),
    );
    expect(passes()).to.deep.equal([
      'Conv2D inputGradient',
      'Conv2DBackpropFilter weightGradient',
      'Conv2DBackpropInput forward',
    ]);
  });

  it('each pass obeys its own multiplier', () => {
    setMultiplier({forward: 'mitchell7', inputGradient: 'fp32', weightGradient: 'bf16'});
    tf.tidy(() =>
      grads4D((x, w) => tf.conv2d(x, w, 1, 'same').sum())([
        tf.ones([1, 4, 4, 2]),
        tf.ones([3, 3, 2, 2]),
      ]),
    );
    const used = coverage().entries.map(({pass, multiplier}) => `${pass} ${multiplier}`);
    expect(used).to.have.members([
      'forward mitchell7',
      'inputGradient fp32',
      'weightGradient bf16',
    ]);
  });

  describe('operand order: forward (activation, weight), dX (dy, weight), dW (activation, dy)', () => {
    // Fractions tell the operands apart: activation 1.25, weight 1.5, dy 1.75. Every product keeps
    // the first one's fraction, since the second counts only with its power of two, 1.
    const ACTIVATION = 1.25;
    const WEIGHT = 1.5;
    const DY = 1.75;
    const upstream = (y: tf.Tensor) => y.mul(DY).sum();
    const ones = (shape: number[], value: number) => tf.fill(shape, value);

    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        for (const fused of [false, true]) {
          const how = `${fused ? 'fused ' : ''}matMul, transposeA ${transposeA}, transposeB ${transposeB}`;
          it(how, () => {
            setMultiplier(firstOperandWins);
            tf.tidy(() => {
              const a = ones(transposeA ? [5, 2] : [2, 5], ACTIVATION);
              const b = ones(transposeB ? [3, 5] : [5, 3], WEIGHT);
              const multiply = (x: tf.Tensor, w: tf.Tensor) =>
                fused
                  ? tf.fused.matMul({
                      a: x,
                      b: w,
                      transposeA,
                      transposeB,
                    })
                  : tf.matMul(x, w, transposeA, transposeB);
              expect(multiply(a, b).dataSync()[0]).to.equal(5 * ACTIVATION);
              const [dA, dB] = tf.grads((x, w) => upstream(multiply(x, w)))([a, b]);
              expect(dA.dataSync()[0], 'dA').to.equal(3 * DY);
              expect(dB.dataSync()[0], 'dB').to.equal(2 * ACTIVATION);
            });
          });
        }
      }
    }

    it('one tensor as both operands of a fused matMul (self-attention)', () => {
      setMultiplier({forward: 'fp32', inputGradient: firstOperandWins, weightGradient: 'fp32'});
      resetCoverage();
      tf.tidy(() => {
        const x = ones([2, 2], ACTIVATION) as tf.Tensor2D;
        tf.grad(z => upstream(tf.fused.matMul({a: z, b: z, transposeB: true})))(x);
      });
      expect(passes()).to.deep.equal([
        'BatchMatMul inputGradient',
        'BatchMatMul weightGradient',
        '_FusedMatMul forward',
      ]);
    });

    it('conv2d and conv2dTranspose', () => {
      setMultiplier(firstOperandWins);
      tf.tidy(() => {
        const x = ones([1, 1, 1, 2], ACTIVATION) as tf.Tensor4D;
        const w = ones([1, 1, 2, 3], WEIGHT) as tf.Tensor4D;
        const [dX, dW] = grads4D((u, v) => upstream(tf.conv2d(u, v, 1, 'same')))([x, w]);
        expect(tf.conv2d(x, w, 1, 'same').dataSync()[0]).to.equal(2 * ACTIVATION);
        expect(dX.dataSync()[0], 'dX').to.equal(3 * DY);
        expect(dW.dataSync()[0], 'dW').to.equal(ACTIVATION);

        const wT = ones([1, 1, 3, 2], WEIGHT) as tf.Tensor4D;
        const transposed = (u: tf.Tensor4D, v: tf.Tensor4D) =>
          tf.conv2dTranspose(u, v, [1, 1, 1, 3], 1, 'same');
        expect(transposed(x, wT).dataSync()[0]).to.equal(2 * ACTIVATION);
        const [dXT, dWT] = grads4D((u, v) => upstream(transposed(u, v)))([x, wT]);
        expect(dXT.dataSync()[0], 'dX of conv2dTranspose').to.equal(3 * DY);
        expect(dWT.dataSync()[0], 'dW of conv2dTranspose').to.equal(ACTIVATION);
      });
    });
  });

  describe('gradients of a fused matMul whose batch was broadcast', () => {
    // The unfused gradients are compared with an oracle elsewhere; these sum in the same order.
    const value = (shape: number[], seed: number) =>
      tf.tensor(
        Array.from({length: shape.reduce((n, d) => n * d)}, (_, i) =>
          Math.fround(Math.sin(i * 7 + seed)),
        ),
        shape,
      );
    const gradients = (x: tf.Tensor, w: tf.Tensor, transposeB: boolean, fused: boolean) => {
      const product = (a: tf.Tensor, b: tf.Tensor) =>
        fused ? tf.fused.matMul({a: a, b: b, transposeB}) : tf.matMul(a, b, false, transposeB);
      const upstream = value([3, 4, 6], 5);
      return tf.grads((a, b) => product(a, b).mul(upstream).sum())([x, w]);
    };
    for (const transposeB of [false, true]) {
      for (const [aBatch, bBatch] of [
        [[3], [1]],
        [[1], [3]],
        [[3], []],
      ]) {
        it(`[${aBatch}] x [${bBatch}], transposeB ${transposeB}: as unfused`, () => {
          tf.tidy(() => {
            const a = value([...aBatch, 4, 5], 1);
            const b = value([...bBatch, ...(transposeB ? [6, 5] : [5, 6])], 2);
            const [dA, dB] = gradients(a, b, transposeB, true);
            const [expectedA, expectedB] = gradients(a, b, transposeB, false);
            expect(dA.shape).to.deep.equal(a.shape);
            expect(dB.shape).to.deep.equal(b.shape);
            expect([...dA.dataSync()]).to.deep.equal([...expectedA.dataSync()]);
            expect([...dB.dataSync()]).to.deep.equal([...expectedB.dataSync()]);
          });
        });
      }
    }

    it('one tensor with and without broadcasting: the plain gradient still works', () => {
      tf.tidy(() => {
        const b = value([3, 5, 6], 2) as tf.Tensor2D;
        const multiply = (a: tf.Tensor) => tf.fused.matMul({a: a, b});
        multiply(value([1, 4, 5], 1));
        const gradient = tf.grad(a => multiply(a).sum())(value([3, 4, 5], 1));
        expect(gradient.shape).to.deep.equal([3, 4, 5]);
      });
    });
  });

  it('the orthogonal initialiser stays exact and is reported', () => {
    tf.tidy(() => tf.initializers.orthogonal({seed: 3}).apply([6, 4]));
    const {entries} = coverage();
    expect(entries.map(({kernel}) => kernel)).to.include('BatchMatMul');
    for (const {exact, reason} of entries) {
      expect(exact).to.equal(true);
      expect(reason).to.match(/initialisation/);
    }
  });

  it('int32 products stay exact and are reported', () => {
    const product = tf.tidy(() =>
      tf.matMul(tf.fill([2, 2], 3, 'int32'), tf.fill([2, 2], 5, 'int32')).arraySync(),
    );
    expect(product).to.deep.equal([
      [30, 30],
      [30, 30],
    ]);
    expect(coverage().entries[0]).to.include({exact: true, reason: 'int32 operands', macs: 8});
    expect(coverage().approximateShare).to.equal(0);
  });
});
