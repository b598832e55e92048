// SPDX-License-Identifier: Apache-2.0
/** Runs an op on whichever engine is set and compares it with an oracle on the same data. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setMultiplier} from '#src/index.js';
import {expectSameBits, expectWithin} from '#src/testing/compare.js';
import {testMultiplier} from './oracle-multipliers.js';
import type {Nd} from './oracle-ops.js';
import type {OracleProduct} from './oracle-product.js';
import {toTensor} from './oracle-tensors.js';

type Tensors = tf.Tensor[];

/** Runs an op, reads its results asynchronously and disposes of everything. */
export async function evaluate(
  operands: readonly Nd[],
  op: (...tensors: Tensors) => Tensors,
): Promise<Nd[]> {
  const outputs = tf.tidy(() => op(...operands.map(nd => toTensor(nd))));
  const results: Nd[] = [];
  for (const output of outputs) {
    results.push({shape: output.shape, data: (await output.data()) as Float32Array});
    output.dispose();
  }
  return results;
}

/** One evaluation: the op on tensors and the oracle on the same data. */
export interface Check {
  readonly what: string;
  readonly multiplier: string;
  readonly operands: readonly Nd[];
  op(...tensors: Tensors): tf.Tensor;
  own(product: OracleProduct, ...operands: Nd[]): Nd;
}

export async function check({what, multiplier, operands, op, own}: Check): Promise<void> {
  const {setting, product} = testMultiplier(multiplier);
  setMultiplier(setting);
  const [actual] = await evaluate(operands, (...tensors) => [op(...tensors)]);
  expectShown(what, product, actual, operands, own);
}

/** The bits of the oracle; for products that are not exact in float32, its value within bounds. */
export function expectShown(
  what: string,
  product: OracleProduct,
  actual: Nd,
  operands: readonly Nd[],
  own: (product: OracleProduct, ...operands: Nd[]) => Nd,
): void {
  const expected = own(product, ...operands);
  expect(actual.shape, what).to.deep.equal([...expected.shape]);
  if (product.comparable === 'bits') {
    expectSameBits(what, actual.data, expected.data);
    return;
  }
  // |error| <= a unit in the last place of the sum of magnitudes for each product and each addition;
  // the number of products is that of the same sum over ones.
  const magnitudes = own(product, ...operands.map(map(Math.abs))).data;
  const counts = own(product, ...operands.map(map(() => 1))).data;
  const bound = magnitudes.map((sum, i) => sum * (counts[i] + 2) * 2 ** -23);
  expectWithin(what, actual.data, expected.data, bound);
}

const map =
  (f: (x: number) => number) =>
  ({shape, data}: Nd): Nd => ({shape, data: data.map(f)});

/** A seed per title, so that no two cases share their data. */
export function seedOf(title: string): number {
  return [...title].reduce((seed, letter) => (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0, 7);
}
