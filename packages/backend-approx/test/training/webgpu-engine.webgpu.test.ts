// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {
  coverage,
  deviceInfo,
  DeviceLimitError,
  DeviceLostError,
  setEngine,
  setMultiplier,
} from '#src/index.js';
import {expectAdapter} from '#src/testing/expect-adapter.js';

describe('the webgpu engine', () => {
  before(async () => {
    await setEngine('webgpu');
    expectAdapter();
    setMultiplier('mbm7');
  });

  it('passes the self-test on this adapter', () => {
    const {selfTest} = deviceInfo();
    expect(selfTest!.failed).to.deep.equal([]);
    expect(selfTest!.passed).to.have.length.above(11);
    expect(coverage().toString()).to.match(/engine: webgpu on .*; all 12 properties/);
  });

  it('reads tensors that are casts of int32 and bool, whose buffers hold integers', async () => {
    setMultiplier('truncated7');
    const products = tf.tidy(() => {
      const a = tf.tensor2d([1, -2, 3, 4], [2, 2], 'int32').toFloat();
      const b = tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool').toFloat();
      const bias = tf.tensor1d([10, 20], 'int32').toFloat();
      return [
        tf.matMul(a, b),
        tf.fused.matMul({a: a, b: b, bias}),
        // Through int32 on the GPU, where the cast only relabels.
        tf.matMul(a.add(0.5).toInt().toFloat(), b),
      ];
    });
    const values = await Promise.all(products.map(async product => [...(await product.data())]));
    expect(values).to.deep.equal([
      [-1, -2, 7, 4],
      [9, 18, 17, 24],
      [0, -1, 7, 4],
    ]);
    tf.dispose(products);
    setMultiplier('mbm7');
  });

  it('a shape beyond the limits: names the op, the shape and the limit', () => {
    const a = tf.zeros([70_000, 1]);
    const b = tf.zeros([1, 70_000]);
    expect(() => tf.matMul(a, b))
      .to.throw(DeviceLimitError)
      .with.property('message')
      .that.matches(/BatchMatMul.*\[70000,70000\].*19600000000 bytes.*maxStorageBufferBindingSize/);
    expect(() => a.add(b))
      .to.throw(DeviceLimitError)
      .with.property('message')
      .that.matches(/Error in add: .*\[70000,70000\]/);
    tf.dispose([a, b]);
  });

  it('an input or a result beyond the limits: says which, how many rows fit, and what to do', () => {
    const {device} = tf.backend() as unknown as {device: GPUDevice};
    const x = tf.zeros([20, 100]);
    const batch = tf.zeros([10, 100]);
    const wide = tf.zeros([1, 100]);
    tf.relu(batch);
    const actual = device.limits;
    const limits: Record<string, number> = {};
    for (const name in actual) limits[name] = actual[name as 'maxBufferSize'];
    Object.assign(limits, {maxBufferSize: 6000, maxStorageBufferBindingSize: 5000});
    Object.defineProperty(device, 'limits', {value: limits, configurable: true});
    try {
      expect(() => tf.slice(x, [0, 0], [2, 100]))
        .to.throw(DeviceLimitError)
        .with.property('message')
        .that.matches(
          /^Error in slice: its input \[20,100\] takes 8000 bytes, but this device binds at most 5000 \(.*\), 12 of its 20 rows\. .*data set.*fitDataset/,
        );
      expect(() => tf.concat([batch, wide, batch]))
        .to.throw(DeviceLimitError)
        .with.property('message')
        .that.matches(/^Error in concat: its result \[\d+,\d+\] .* smaller batch/)
        .and.not.contains('data set');
    } finally {
      // Dawn for Node has them on the device itself, browsers on its prototype.
      Object.defineProperty(device, 'limits', {value: actual, configurable: true});
    }
    tf.dispose([x, batch, wide]);
  });

  it('where and the gradient of prelu at rank 5, which stock webgpu lacks', async () => {
    const shape = [1, 2, 2, 2, 2];
    const x = tf.tensor(
      Array.from({length: 16}, (_, i) => i - 8),
      shape,
    );
    const gradient = tf.grad(z => tf.prelu(z, tf.fill(shape, 0.5)))(x);
    expect(gradient.shape).to.deep.equal(shape);
    // 1 above zero, the slope elsewhere.
    expect([...(await gradient.data())]).to.deep.equal(
      Array.from({length: 16}, (_, i) => (i > 8 ? 1 : 0.5)),
    );
    tf.dispose([x, gradient]);
  });

  it('a lost device: one clear error, and setBackend works again', async () => {
    const before = tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]));
    const backend = tf.backend() as unknown as {device: GPUDevice};
    backend.device.destroy();
    await backend.device.lost;
    expect(() => tf.matMul(before, before))
      .to.throw(DeviceLostError)
      .with.property('message')
      .that.matches(/was lost.*await tf\.setBackend\('approx'\)/);
    expect(() => before.add(1)).to.throw(DeviceLostError);
    expect(await tf.setBackend('approx')).to.equal(true);
    const after = tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]));
    expect((await after.data()).length).to.equal(4);
    expectAdapter();
    tf.dispose([before, after]);
  });

  it('shares its device with webgpu: switching moves no data', async () => {
    const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]));
    await tf.setBackend('webgpu');
    const sum = tf.add(product, 1);
    expect([...(await sum.data())].every(value => value > 3)).to.equal(true);
    await tf.setBackend('approx');
    const again = tf.add(sum, 1);
    expect((await again.data()).length).to.equal(4);
    tf.dispose([product, sum, again]);
  });
});
