// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {setEngine} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import {casesFor, type DeviceKind} from './cases.js';
import {contendersFor} from './contenders.js';
import {describeDevice, describeProvenance} from './device.js';
import {gemm} from './gemm.js';
import {leNet5Step} from './lenet5.js';
import {affordableSeries, median} from './measure.js';
import {runBenchmarks} from './run.js';

describe('benchmarks', () => {
  before(() => setEngine('cpu'));

  it('measure every case with every contender, and compare bits', async () => {
    const contenders = contendersFor('cpu', ['fp32', 'bf16', 'mbm7']);
    const seen: string[] = [];
    const measurements = await runBenchmarks({
      cases: [gemm(24), leNet5Step(1)],
      contenders,
      effort: 'smoke',
      timestamps: false,
      onResults: ofCase => seen.push(ofCase[0].case),
    });
    expect(seen).to.deep.equal(['GEMM 24', 'LeNet-5 step, batch 1']);
    expect(measurements.map(m => [m.contender, m.bits])).to.deep.equal([
      ['stock cpu', null],
      ['fp32', 'close'],
      ['bf16', 'equal'],
      ['mbm7', 'equal'],
      ['stock cpu', null],
      ['fp32', null],
      ['bf16', null],
      ['mbm7', null],
    ]);
    for (const {backend, wallMs, ratio, gpuMs, kernelCalls} of measurements) {
      expect(wallMs.min).to.be.above(0).and.at.most(wallMs.max);
      expect(ratio === null).to.equal(backend === 'cpu');
      expect(gpuMs).to.equal(null);
      expect(kernelCalls).to.be.at.least(2);
    }
  });

  it('leave no tensors behind', async () => {
    const {numTensors} = tf.memory();
    const options = {effort: 'smoke', timestamps: false} as const;
    const contenders = contendersFor('cpu', ['mbm7']);
    await runBenchmarks({cases: [gemm(8), leNet5Step(1)], contenders, ...options});
    expect(tf.memory().numTensors).to.equal(numTensors);
  });

  it('say on what they were measured', () => {
    expect(describeDevice()).to.include({kind: 'cpu', engine: 'cpu', stock: 'cpu', driver: null});
    const {commit, versions, machine} = describeProvenance();
    expect(commit === null || /^[0-9a-f]{12}\+?$/.test(commit)).to.equal(true);
    expect(versions['@tensorflow/tfjs']).to.equal('4.22.0');
    expect(machine.cores).to.be.at.least(1);
  });

  it('are chosen by device, effort and group', () => {
    const names = (...of: Parameters<typeof casesFor>) => casesFor(...of).map(({name}) => name);
    expect(names('gpu', 'full')).to.include.members(['GEMM 4096', 'LeNet-5 step, batch 64']);
    expect(names('cpu', 'quick', ['lenet5'])).to.deep.equal(['LeNet-5 step, batch 64']);
    for (const kind of ['gpu', 'lavapipe', 'swiftshader', 'cpu'] satisfies DeviceKind[]) {
      expect(names(kind, 'full').length).to.be.at.least(names(kind, 'quick').length);
    }
  });

  it('take medians, and fewer series where a series takes long', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    const warm = (singleMs: number) => ({singleMs, queued: 1, kernelCalls: 2});
    expect(affordableSeries([warm(1), warm(1)], 'full')).to.equal(9);
    expect(affordableSeries([warm(4_000), warm(6_000)], 'full')).to.equal(4);
    expect(affordableSeries([warm(60_000)], 'full')).to.equal(1);
  });
});
