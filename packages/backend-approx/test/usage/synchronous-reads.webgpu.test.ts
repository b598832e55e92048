// SPDX-License-Identifier: Apache-2.0
/** dataSync and what rests on it, on a GPU in Node: without yielding to the event loop. */
import {execFile} from 'node:child_process';
import {setImmediate as immediate, setTimeout as wait} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {platform} from '#platform';
import {
  ConfigurationError,
  DeviceError,
  DeviceLostError,
  setEngine,
  setMultiplier,
  SynchronousReadError,
} from '#src/index.js';
import {expectAdapter} from '#src/testing/expect-adapter.js';
import {denseNet, tensors, weightsOf} from './nets.js';
import type {ApproxWebGPUBackend} from '#src/engines/webgpu/backend.js';

const PACKAGE = new URL('../../', import.meta.url);
const run = promisify(execFile);

const gpu = () => tf.backend() as ApproxWebGPUBackend;
/** Values that exist only on the GPU. */
const onGpu = <T extends tf.Tensor>(x: T): T => {
  const y = tf.add<T>(x, tf.scalar(0, x.dtype));
  expect(gpu().tensorMap.get(y.dataId).values, 'exists only on the GPU').to.equal(undefined);
  return y;
};
const oneTo = (n: number) => onGpu(tf.range(1, n + 1));
const numbers = (x: tf.Tensor) => [...x.dataSync()];
const memory = () => {
  const {numTensors, numBytesInGPU} = tf.memory() as tf.MemoryInfo & {numBytesInGPU: number};
  return {numTensors, numBytesInGPU};
};

/** Runs `f` with console output captured. */
function captured(f: () => void): string {
  const lines: string[] = [];
  const {log, warn} = console;
  console.log = console.warn = (...parts: unknown[]) => void lines.push(parts.join(' '));
  try {
    f();
  } finally {
    Object.assign(console, {log, warn});
  }
  return lines.join('\n');
}

describe('synchronous reads on the webgpu engine', () => {
  before(async () => {
    await setEngine('webgpu');
    expectAdapter();
    setMultiplier('fp32');
    // By default tfjs computes small tensors on the CPU, whose values are there.
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });
  after(() => {
    tf.env().set('WEBGPU_CPU_FORWARD', true);
    setMultiplier('mbm7');
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it('read float32, int32, bool, complex64 and string tensors', () => {
    expect(oneTo(3).dataSync()).to.deep.equal(new Float32Array([1, 2, 3]));
    const integers = tf.tensor1d([16_000_001, -1], 'int32').reverse();
    expect(integers.dataSync()).to.deep.equal(new Int32Array([-1, 16_000_001]));
    const flags = oneTo(3).greater(1);
    expect(flags.dtype).to.equal('bool');
    expect(flags.dataSync()).to.deep.equal(new Uint8Array([0, 1, 1]));
    const complex = tf.complex(oneTo(2), oneTo(2).mul(10));
    expect(complex.dataSync()).to.deep.equal(new Float32Array([1, 10, 2, 20]));
    expect(tf.tensor(['a', 'b']).dataSync()).to.deep.equal(['a', 'b']);
  });

  it('read slices, reshapes, scalars and large tensors', () => {
    const x = oneTo(12).reshape([3, 4]) as tf.Tensor2D;
    expect(x.slice([1, 1], [2, 2]).arraySync()).to.deep.equal([
      [6, 7],
      [10, 11],
    ]);
    expect(x.arraySync()[2]).to.deep.equal([9, 10, 11, 12]);
    expect(x.sum().arraySync()).to.equal(78);
    const large = oneTo(1_000_003).dataSync();
    expect(large).to.have.length(1_000_003);
    expect(large.every((value, i) => value === i + 1)).to.equal(true);
  });

  it('read empty tensors', () => {
    const none = tf.matMul(tf.zeros([0, 3]), tf.ones([3, 2]));
    expect(none.dataSync()).to.deep.equal(new Float32Array(0));
    expect(oneTo(3).slice([1], [0]).arraySync()).to.deep.equal([]);
    expect(oneTo(3).toInt().slice([0], [0]).dataSync()).to.have.length(0);
    expect(none.toString()).to.match(/Tensor/);
  });

  it('read casts of int32 and bool, whose buffers hold integers', () => {
    const integers = onGpu(tf.tensor1d([3, -2, 7], 'int32'));
    expect(numbers(integers.toFloat())).to.deep.equal([3, -2, 7]);
    expect(numbers(oneTo(3).greater(2).toFloat())).to.deep.equal([0, 0, 1]);
    expect(numbers(oneTo(3).greater(2).toInt())).to.deep.equal([0, 0, 1]);
    expect(numbers(oneTo(3).add(0.5).toInt().toFloat())).to.deep.equal([1, 2, 3]);
  });

  it('serve print, toString, arraySync, bufferSync and the kernels that run on the CPU', () => {
    const x = oneTo(4).reshape([2, 2]) as tf.Tensor2D;
    expect(captured(() => x.print())).to.match(/\[\[1, 2\],\s+\[3, 4\]\]/);
    expect(oneTo(2).toString(true)).to.match(/float32[^]*\[2\][^]*\[1, 2\]/);
    expect(oneTo(4).reshape([2, 2]).bufferSync().get(1, 0)).to.equal(3);
    const {values} = tf.unique(onGpu(tf.tensor1d([2, 5, 2, 2])));
    expect(numbers(values)).to.deep.equal([2, 5]);
  });

  it('submit what is recorded first, and do so without a warning', () => {
    const y = oneTo(3).mul(2).add(1).square();
    const {commandEncoder} = gpu() as unknown as {commandEncoder: unknown};
    expect(commandEncoder, 'commands wait').to.not.equal(null);
    let read: number[] = [];
    expect(captured(() => (read = numbers(y)))).to.equal('');
    expect(read).to.deep.equal([9, 25, 49]);
    expect((gpu() as unknown as {commandEncoder: unknown}).commandEncoder).to.equal(null);
  });

  it('do not yield to the event loop', async () => {
    const happened: string[] = [];
    const product = tf.matMul(tf.ones([256, 256]), tf.ones([256, 256]));
    const later = wait(0).then(() => happened.push('timer'));
    setImmediate(() => happened.push('immediate'));
    process.nextTick(() => happened.push('tick'));
    void Promise.resolve().then(() => happened.push('microtask'));
    const before = globalThis.setImmediate;
    expect(product.dataSync()[0]).to.equal(256);
    expect(happened).to.deep.equal([]);
    expect(globalThis.setImmediate).to.equal(before);
    await later;
    await immediate();
    expect(happened).to.include.members(['timer', 'immediate', 'tick', 'microtask']);
  });

  it('work inside tidy, and of several tensors in a row', () => {
    const before = tf.memory().numTensors;
    const sums = tf.tidy(() =>
      Array.from({length: 30}, (_, i) => {
        const x = oneTo(4 + (i % 3));
        return tf.tidy(() => x.mul(i).sum().dataSync()[0]);
      }),
    );
    expect(sums).to.deep.equal(Array.from({length: 30}, (_, i) => i * [10, 15, 21][i % 3]));
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('leave asynchronous reads under way as they are, of the same tensor and of others', async () => {
    const [same, first, last] = [oneTo(5), oneTo(6), oneTo(7).square()];
    const complex = tf.complex(oneTo(2), oneTo(2));
    const promises = [first.data(), same.data(), complex.data()];
    expect(numbers(same)).to.deep.equal([1, 2, 3, 4, 5]);
    promises.push(last.data());
    expect(numbers(oneTo(2))).to.deep.equal([1, 2]);
    expect(numbers(complex)).to.deep.equal([1, 1, 2, 2]);
    const values = await Promise.all(promises);
    expect(values.map(value => [...value])).to.deep.equal([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5],
      [1, 1, 2, 2],
      [1, 4, 9, 16, 25, 36, 49],
    ]);
    expect(numbers(same)).to.deep.equal([1, 2, 3, 4, 5]);
    // The asynchronous way goes on as before.
    expect([...(await oneTo(3).data())]).to.deep.equal([1, 2, 3]);
  });

  it('a tensor disposed of while it is read: the promise still gives its values', async () => {
    const x = oneTo(4);
    const complex = tf.complex(oneTo(2), oneTo(2));
    const promises = [x.data(), complex.data()];
    tf.dispose([x, complex]);
    // Takes the buffer that x had.
    expect(numbers(oneTo(4).mul(-1))).to.deep.equal([-1, -2, -3, -4]);
    const [values, parts] = await Promise.all(promises);
    expect([...values]).to.deep.equal([1, 2, 3, 4]);
    expect([...parts]).to.deep.equal([1, 1, 2, 2]);
    expect(() => x.dataSync()).to.throw('disposed');
  });

  it('a move to cpu and back, of all that has numbers or text', async () => {
    const all = [
      oneTo(3),
      onGpu(tf.tensor1d([5, -6], 'int32')),
      oneTo(3).greater(1),
      onGpu(tf.tensor1d([7, -8], 'int32')).toFloat(),
      tf.tensor1d(['text']),
    ] as tf.Tensor[];
    const expected = [[1, 2, 3], [5, -6], [0, 1, 1], [7, -8], ['text']];
    const underWay = all[0].data();
    const cpu = tf.findBackend('cpu');
    for (const x of all) {
      tf.engine().moveData(cpu, x.dataId);
      expect(gpu().tensorMap.has(x.dataId)).to.equal(false);
    }
    // It is not moved back by the end of a read that began before.
    expect([...(await underWay)]).to.deep.equal([1, 2, 3]);
    expect(gpu().tensorMap.has(all[0].dataId)).to.equal(false);
    expect(all.map(x => [...(x.dataSync() as unknown as unknown[])])).to.deep.equal(expected);

    expect(numbers(all[0].mul(2))).to.deep.equal([2, 4, 6]);
    expect(numbers(tf.add(all[1], 1))).to.deep.equal([6, -5]);
    expect(gpu().tensorMap.has(all[0].dataId), 'is back').to.equal(true);
    expect(all.map(x => [...(x.dataSync() as unknown as unknown[])])).to.deep.equal(expected);
  });

  it('in a layer and in an optimizer: training gives the weights it gives without', async () => {
    const seen: number[] = [];
    class Looks extends tf.layers.Layer {
      static className = 'Looks';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const x = [inputs].flat()[0];
        seen.push(x.dataSync()[0]);
        return x.mul(1);
      }
    }
    class ReadingSgd extends tf.SGDOptimizer {
      override applyGradients(gradients: Parameters<tf.SGDOptimizer['applyGradients']>[0]): void {
        const all = Array.isArray(gradients)
          ? gradients
          : Object.values(gradients).map(tensor => ({tensor}));
        for (const {tensor} of all) seen.push(tensor.dataSync()[0]);
        super.applyGradients(gradients);
      }
    }
    const train = async (optimizer: tf.Optimizer, layer: tf.layers.Layer) => {
      const net = denseNet(optimizer);
      const model = tf.sequential({layers: [...net.layers, layer]});
      model.compile({optimizer, loss: 'categoricalCrossentropy'});
      const {xs, ys} = tensors();
      await model.fit(xs, ys, {epochs: 2, batchSize: 6, shuffle: false, verbose: 0});
      return weightsOf(model);
    };
    const silent = await train(tf.train.sgd(0.5), tf.layers.activation({activation: 'linear'}));
    const reading = await train(new ReadingSgd(0.5), new Looks({inputShape: [2]}));
    expect(reading).to.deep.equal(silent);
    // Four steps: one look of the layer and one at each of four weights.
    expect(seen.filter(Number.isFinite)).to.have.length.of.at.least(20);
  });

  it('keep the counts of memory', () => {
    const x = oneTo(1000);
    const read = () => {
      const y = x.mul(2);
      y.dataSync();
      y.dispose();
    };
    read();
    const before = tf.memory();
    for (let i = 0; i < 50; i++) read();
    expect(tf.memory()).to.deep.equal(before);
  });

  it('10,000 of them leak nothing, and the process ends by itself', async () => {
    const script = `
      import * as tf from '@tensorflow/tfjs';
      import {setEngine} from '${new URL('dist/index.js', PACKAGE).href}';
      await setEngine('webgpu');
      tf.env().set('WEBGPU_CPU_FORWARD', false);
      const turn = () => new Promise(resolve => setTimeout(resolve, 20));
      const x = tf.tensor1d([1, 2, 3]);
      const other = x.mul(3);
      let right = 0;
      const read = async count => {
        const promise = other.clone().data();
        for (let i = 0; i < count; i++) {
          const y = x.add(i);
          if (y.dataSync()[2] === 3 + i) right++;
          y.dispose();
        }
        const immediates = process.getActiveResourcesInfo().filter(name => name === 'Immediate');
        await promise;
        for (let i = 0; i < 3; i++) {
          await turn();
          gc();
        }
        const {numTensors, numBytesInGPU, numBytesAllocatedInGPU} = tf.memory();
        const heap = process.memoryUsage().heapUsed;
        return {numTensors, numBytesInGPU, numBytesAllocatedInGPU, heap, immediates};
      };
      await read(2000);
      const before = await read(2000);
      const after = await read(10000);
      console.log(JSON.stringify({right, before, after, left: process.getActiveResourcesInfo()}));`;
    const {stdout} = await run(
      process.execPath,
      ['--expose-gc', '--input-type=module', '-e', script],
      {cwd: fileURLToPath(PACKAGE), timeout: 280_000},
    );
    const {right, before, after, left} = JSON.parse(stdout.trim().split('\n').at(-1)!);
    expect(right).to.equal(14_000);
    expect(after.immediates.length, 'stand at a time').to.be.at.most(before.immediates.length + 1);
    expect(left).to.not.include('Immediate');
    expect(after.heap - before.heap, 'bytes of 10,000 reads').to.be.below(1_000_000);
    for (const count of ['numTensors', 'numBytesInGPU', 'numBytesAllocatedInGPU']) {
      // The clone that is read asynchronously.
      expect(after[count] - before[count], count).to.equal(count === 'numTensors' ? 1 : 0);
    }
  });

  describe('that cannot be done', () => {
    const {synchronousReads, mapForReading} = platform;
    afterEach(() => {
      Object.assign(platform, {synchronousReads, mapForReading});
      tf.env().set('APPROX_READ_TIMEOUT', 600);
    });

    const product = () => {
      let x: tf.Tensor = tf.ones([256, 256]);
      for (let i = 0; i < 8; i++) x = tf.matMul(x, tf.eye(256));
      return x;
    };

    it('in time: a DeviceError that says what to set; a longer limit then gives the values', () => {
      product().dataSync();
      const x = product();
      const before = memory();
      tf.env().set('APPROX_READ_TIMEOUT', 1e-9);
      expect(() => x.dataSync())
        .to.throw(DeviceError)
        .with.property('message')
        .that.matches(/float32 tensor \[256,256\] within 1e-9 s.*APPROX_READ_TIMEOUT/);
      tf.env().set('APPROX_READ_TIMEOUT', 600);
      expect(x.dataSync().every(value => value === 1)).to.equal(true);
      expect(memory()).to.deep.equal(before);
    });

    it('the limit has to be a number of seconds', () => {
      for (const value of [0, -1, NaN, 'soon'] as number[]) {
        expect(() => tf.env().set('APPROX_READ_TIMEOUT', value)).to.throw(
          ConfigurationError,
          `APPROX_READ_TIMEOUT is '${value}'. Expected a number of seconds above 0.`,
        );
        expect(tf.env().get('APPROX_READ_TIMEOUT')).to.equal(600);
      }
    });

    it('because the driver refused a command: a DeviceError, once', () => {
      const x = oneTo(3);
      gpu().device.createBuffer({size: 4, usage: 0});
      expect(() => x.dataSync()).to.throw(DeviceError, 'reported an error');
      expect(numbers(x)).to.deep.equal([1, 2, 3]);
    });

    it('in this version of Dawn: the remedy, and after await data() the values', async () => {
      for (const pretended of [
        {synchronousReads: () => 'none'},
        {mapForReading: () => 'impossible'},
      ]) {
        Object.assign(platform, {synchronousReads, mapForReading}, pretended);
        const x = oneTo(4);
        // Submits, which gives back what the recorded commands held.
        await oneTo(1).data();
        const before = memory();
        expect(() => x.dataSync())
          .to.throw(SynchronousReadError)
          .with.property('message')
          .that.matches(
            /float32 tensor \[4\].*'webgpu'.*await tensor\.data\(\).*APPROX_ENGINE=cpu/s,
          );
        expect(() => x.print()).to.throw(SynchronousReadError);
        expect(memory()).to.deep.equal(before);
        await x.data();
        expect(numbers(x)).to.deep.equal([1, 2, 3, 4]);
      }
    });

    it('where setImmediate cannot be replaced when the device starts', async () => {
      const script = `
        Object.defineProperty(globalThis, 'setImmediate', {value: setImmediate, writable: false});
        const tf = await import('@tensorflow/tfjs');
        const {setEngine} = await import('${new URL('dist/index.js', PACKAGE).href}');
        await setEngine('webgpu');
        const x = tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]));
        let message;
        try { x.dataSync(); } catch (error) { message = error.name + ': ' + error.message; }
        await x.data();
        console.log(JSON.stringify({message, values: [...x.dataSync()]}));`;
      const {stdout} = await run(process.execPath, ['--input-type=module', '-e', script], {
        cwd: fileURLToPath(PACKAGE),
        env: {...process.env, APPROX_MULTIPLIER: 'fp32'},
        timeout: 280_000,
      });
      const {message, values} = JSON.parse(stdout.trim().split('\n').at(-1)!);
      expect(message).to.match(/^SynchronousReadError: .*setImmediate.*await tensor\.data\(\)/);
      expect(values).to.deep.equal([2, 2, 2, 2]);
    });

    it("in a browser it is tfjs's own way that is taken", () => {
      Object.assign(platform, {synchronousReads: () => 'canvas'});
      const x = oneTo(2);
      captured(() => expect(() => x.dataSync()).to.throw(ReferenceError, 'OffscreenCanvas'));
    });

    for (const [when, lose] of [
      ['before', (device: GPUDevice) => device.destroy()],
      ['during', loseInNextMapping],
    ] as const) {
      it(`as the device is lost ${when} the wait: a DeviceLostError, and setBackend works again`, async () => {
        const x = oneTo(3);
        lose(gpu().device);
        expect(() => x.dataSync())
          .to.throw(DeviceLostError)
          .with.property('message')
          .that.matches(/was lost.*await tf\.setBackend\('approx'\)/);
        await gpu().device.lost;
        expect(() => x.add(1)).to.throw(DeviceLostError);
        expect(await tf.setBackend('approx')).to.equal(true);
        expectAdapter();
        expect(numbers(oneTo(3))).to.deep.equal([1, 2, 3]);
      });
    }
  });
});

/** Destroys the device as soon as a mapping is under way. */
function loseInNextMapping(device: GPUDevice): void {
  const {mapAsync} = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (...args) {
    GPUBuffer.prototype.mapAsync = mapAsync;
    const mapping = mapAsync.apply(this, args);
    device.destroy();
    return mapping;
  };
}
