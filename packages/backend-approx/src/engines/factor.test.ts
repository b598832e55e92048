// SPDX-License-Identifier: Apache-2.0
/** A contraction of three tensors, such as the input gradient by finite differences of a table. */
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {functionalModel, getMultiplier, unitOf} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {at, type Contraction, exchangeOperands} from '../contraction/contraction.js';
import {ApproxError, UnsupportedContractionError} from '../errors.js';
import {expectSameBits} from '../testing/compare.js';
import {MEDIUM, randomFloats} from '../testing/random.js';
import {createCpuEngine} from './cpu/engine.js';
import {createReferenceEngine} from './reference/engine.js';

const [M, K, N] = [5, 7, 11];
const backend = new MathBackendCPU();
const tensor = (shape: number[], values: Float32Array) =>
  backend.makeTensorInfo(shape, 'float32', values);

/** dx[m, k] = sum over n of mul(x[m, k], w[k, n]) * g[m, n]. */
const gradient: Contraction = {
  op: 'gradient',
  b: [{name: 'k', size: K}],
  m: [{name: 'm', size: M}],
  n: [],
  k: [{name: 'n', size: N}],
  first: {shape: [M, K], index: [at(0, 'm', 1), at(0, 'k', 1)]},
  second: {shape: [K, N], index: [at(0, 'k', 1), at(0, 'n', 1)]},
  factor: {shape: [M, N], index: [at(0, 'm', 1), at(0, 'n', 1)]},
  output: {shape: [M, K], index: [at(0, 'm', 1), at(0, 'k', 1)]},
  epilogue: {activation: 'linear'},
};
const x = randomFloats(M * K, 1, MEDIUM);
const w = randomFloats(K * N, 2, MEDIUM);
const g = randomFloats(M * N, 3, MEDIUM);
const operands = {first: tensor([M, K], x), second: tensor([K, N], w)};
const factor = tensor([M, N], g);
const unit = unitOf(getMultiplier('mbm7'));

function byDefinition(multiply: (m: number, k: number, n: number) => number): Float32Array {
  const sums = new Float32Array(M * K);
  for (let m = 0; m < M; m++) {
    for (let k = 0; k < K; k++) {
      let sum = 0;
      for (let n = 0; n < N; n++) {
        sum = Math.fround(sum + Math.fround(multiply(m, k, n) * g[m * N + n]));
      }
      sums[m * K + k] = sum;
    }
  }
  return sums;
}

describe('a contraction with a factor', () => {
  const reference = createReferenceEngine(backend);
  const run = (contraction: Contraction, given = {...operands, factor}) =>
    backend.readSync(reference.run([contraction], [M, K], given, unit).dataId) as Float32Array;
  const multiply = functionalModel(getMultiplier('mbm7'));

  it('multiplies every product before it is added, on the reference engine', () => {
    const expected = byDefinition((m, k, n) => multiply(x[m * K + k], w[k * N + n]));
    expectSameBits('dx', run(gradient), expected);
  });

  it('is read at its own indices when the operands are exchanged', () => {
    const expected = byDefinition((m, k, n) => multiply(w[k * N + n], x[m * K + k]));
    const exchanged = {first: operands.second, second: operands.first, factor};
    expectSameBits('dx', run(exchangeOperands(gradient), exchanged), expected);
  });

  it('reads +0 outside, like any view', () => {
    const shifted = {...gradient, factor: {shape: [M, N], index: [at(M, 'm', 1), at(0, 'n', 1)]}};
    expectSameBits('dx', run(shifted), new Float32Array(M * K));
  });

  it('without the values of its factor: says what is missing', () => {
    expect(() => reference.run([gradient], [M, K], operands, unit)).to.throw(
      ApproxError,
      'expected operands.factor',
    );
  });

  it('is refused by an engine whose loops have none', async () => {
    const cpu = await createCpuEngine(backend, () => 1);
    expect(() => cpu.run([gradient], [M, K], {...operands, factor}, unit)).to.throw(
      UnsupportedContractionError,
      "Error in gradient: found a contraction with a factor, expected one of two operands on engine 'cpu'",
    );
  });
});
