// SPDX-License-Identifier: Apache-2.0
/** The tile for large outputs, which the op tests are too small to reach: same bits as the cpu engine. */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {getMultiplier} from '@tfjs-approx/lut-builder';
import {setEngine, setMultiplier} from '../../index.js';
import {batchMatMul} from '../../kernels/BatchMatMul.js';
import {layoutOf} from '../../contraction/layout.js';
import {expectAdapter} from '../../testing/adapter.js';
import {chooseTile, rowsOf} from './tiles.js';

/** Not multiples of the tile, and k over several panels. */
const A = [2040, 21];
const B = [21, 1070];

async function product(multiplier: string): Promise<Float32Array> {
  setMultiplier(multiplier);
  const a = tf.randomNormal(A, 0, 1, 'float32', 1);
  const b = tf.randomNormal(B, 0, 1, 'float32', 2);
  const c = tf.matMul(a, b);
  const values = (await c.data()) as Float32Array;
  tf.dispose([a, b, c]);
  return Float32Array.from(values);
}

describe('the large tile', () => {
  after(async () => {
    await setEngine('webgpu');
    setMultiplier('mbm7');
  });

  it('is chosen for this shape', () => {
    const [contraction] = batchMatMul.lower({a: A, b: B}, {}).contractions;
    const {size, plan} = layoutOf(contraction);
    expect(rowsOf(chooseTile(size.m, size.n, size.b * plan.blocks))).to.equal(64);
    expect(chooseTile(size.m, size.n, size.b * plan.blocks).threadsN).to.equal(32);
  });

  for (const name of ['mbm7', 'bf16']) {
    it(`${name} (${getMultiplier(name).evaluation}): the cpu engine's bits`, async () => {
      await setEngine('webgpu');
      expectAdapter();
      const found = await product(name);
      await setEngine('cpu');
      const expected = await product(name);
      let different = 0;
      for (let i = 0; i < expected.length; i++) if (found[i] !== expected[i]) different++;
      expect(expected.length).to.equal(A[0] * B[1]);
      expect(different).to.equal(0);
    });
  }
});
