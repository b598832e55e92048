// SPDX-License-Identifier: Apache-2.0
/** Sweeps over more multipliers than the device keeps tables of. */
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {
  getMultiplier,
  lutFromSignificandProduct,
  lutMultiplier,
  type Multiplier,
  unitOf,
} from '@tfjs-approx/arithmetic';
import {setEngine} from '../../index.js';
import {batchMatMul} from '../../kernels/BatchMatMul.js';
import {expectAdapter} from '../../testing/expect-adapter.js';
import {expectSameBits} from '../../testing/compare.js';
import {random32, randomFloats} from '../../testing/random.js';
import {createReferenceEngine} from '../reference/engine.js';
import type {ApproxWebGPUBackend} from './backend.js';
import {createWebGPUEngine} from './engine.js';
import {MOST_MULTIPLIERS} from './table-cache.js';

const SIZE = 9;

function tabulated(seed: number): Multiplier {
  const next = random32(seed);
  const product = () => 1 + (next() % 192) / 64;
  return lutMultiplier(
    lutFromSignificandProduct(product, {name: `table ${seed}`, mantissaBits: 4}),
  );
}

describe('tables on the device', () => {
  const swept = Array.from({length: MOST_MULTIPLIERS + 4}, (_, i) => tabulated(i + 1));
  const hot = tabulated(100);
  const cpu = new MathBackendCPU();
  const reference = createReferenceEngine(cpu);
  const {contractions, outputShape} = batchMatMul.lower({a: [SIZE, SIZE], b: [SIZE, SIZE]}, {});
  const operandsOn = (base: ApproxWebGPUBackend | MathBackendCPU) => ({
    first: base.makeTensorInfo([SIZE, SIZE], 'float32', randomFloats(SIZE * SIZE, 1)),
    second: base.makeTensorInfo([SIZE, SIZE], 'float32', randomFloats(SIZE * SIZE, 2)),
  });

  let backend: ApproxWebGPUBackend;
  let uploads: string[];
  before(async () => {
    await setEngine('webgpu');
    expectAdapter();
    backend = tf.backend() as ApproxWebGPUBackend;
    backend.createTable = function (name, words) {
      uploads.push(name);
      return Object.getPrototypeOf(this).createTable.call(this, name, words) as GPUBuffer;
    };
  });
  beforeEach(() => (uploads = []));
  after(() => Reflect.deleteProperty(backend, 'createTable'));

  it('stay while they are used, whatever is swept beside them', async () => {
    const engine = createWebGPUEngine(backend);
    const operands = operandsOn(backend);
    const bytes: number[] = [];
    // Nothing is read before the sweep ends: tables are evicted while their products are pending.
    for (let sweep = 0; sweep < 3; sweep++) {
      const outputs = swept.flatMap(multiplier =>
        [multiplier, hot].map(each => ({
          multiplier: each,
          ...engine.run(contractions, outputShape, operands, unitOf(each)),
        })),
      );
      for (const {multiplier, dataId} of outputs) {
        const found = (await backend.read(dataId)) as Float32Array;
        const operandsThere = operandsOn(cpu);
        const unit = unitOf(multiplier);
        const expected = reference.run(contractions, outputShape, operandsThere, unit);
        expectSameBits(multiplier.name, found, cpu.readSync(expected.dataId) as Float32Array);
        backend.disposeData(dataId);
      }
      bytes.push(backend.memory().numBytesAllocatedInGPU);
    }
    expect(uploads.filter(name => name === hot.name)).to.have.length(1);
    expect(uploads).to.have.length(1 + 3 * swept.length);
    expect(bytes).to.deep.equal([bytes[0], bytes[0], bytes[0]]);
    for (const {dataId} of Object.values(operands)) backend.disposeData(dataId);
  });

  it('make no room for multipliers that have none', async () => {
    const engine = createWebGPUEngine(backend);
    const operands = operandsOn(backend);
    const run = (multiplier: Multiplier) =>
      backend.disposeData(
        engine.run(contractions, outputShape, operands, unitOf(multiplier)).dataId,
      );
    const most = swept.slice(0, MOST_MULTIPLIERS);
    for (let sweep = 0; sweep < 2; sweep++) {
      for (const multiplier of most) run(multiplier);
      for (const name of ['fp32', 'bf16', 'mbm7']) run(getMultiplier(name));
    }
    expect(uploads).to.deep.equal(most.map(({name}) => name));
    for (const {dataId} of Object.values(operands)) backend.disposeData(dataId);
  });
});
