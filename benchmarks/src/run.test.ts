// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {setEngine} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import {casesFor, type DeviceKind} from './cases.js';
import {contendersFor, otherBackends} from './contenders.js';
import {convolution} from './convolution.js';
import {LAYERS} from './convolution-layers.js';
import {describeDevice, describeProvenance} from './device.js';
import {gemm} from './gemm.js';
import {affordableSeries, budgetFor, median, ratioOf} from './measure.js';
import {runBenchmarks} from './run.js';
import {trainingStep} from './steps.js';

const OPTIONS = {engine: 'cpu', effort: 'smoke', timestamps: false} as const;
const depthwise = LAYERS.mobilenet.find(layer => layer.depthwise)!;
/** A depthwise layer's gradient, small enough for every backend. */
const SMALL = convolution('mobilenet', {...depthwise, size: 6, channels: 2, filters: 2}, 'dW', 1);

describe('benchmarks', function () {
  this.timeout(120_000);
  before(() => setEngine('cpu'));

  it('measure every case with every contender, and compare bits', async () => {
    const seen: string[] = [];
    const {measurements, untimed} = await runBenchmarks({
      ...OPTIONS,
      cases: [gemm(24), trainingStep('lenet5', 1)],
      contenders: contendersFor('cpu', ['fp32', 'bf16', 'mbm7:lut']),
      onResults: ofCase => seen.push(ofCase.measurements[0].case),
    });
    expect(seen).to.deep.equal(['GEMM 24', 'LeNet-5 step, batch 1']);
    expect(untimed).to.deep.equal([]);
    expect(measurements.map(m => [m.contender, m.evaluation, m.bits])).to.deep.equal([
      ['stock cpu', null, null],
      ['fp32', 'native', 'close'],
      ['bf16', 'native', 'equal'],
      ['mbm7:lut', 'lut', 'equal'],
      ['stock cpu', null, null],
      ['fp32', 'native', null],
      ['bf16', 'native', null],
      ['mbm7:lut', 'lut', null],
    ]);
    for (const {backend, wallMs, ratio, cpuRatio, gpuMs, kernelCalls} of measurements) {
      expect(wallMs.min).to.be.above(0).and.at.most(wallMs.max);
      expect(ratio === null).to.equal(backend === 'cpu');
      expect(cpuRatio).to.equal(ratio);
      expect(gpuMs).to.equal(null);
      expect(kernelCalls).to.be.at.least(2);
    }
  });

  it('say which kernel a stock backend lacks, and go on', async () => {
    const {names} = await otherBackends();
    const {measurements, untimed} = await runBenchmarks({
      ...OPTIONS,
      cases: [gemm(8), SMALL],
      contenders: contendersFor('cpu', ['mbm7'], names),
    });
    expect(names).to.include.members(['cpu', 'wasm']);
    const wasm = measurements.filter(({backend}) => backend === 'wasm');
    expect(wasm.map(m => m.case)).to.deep.equal(['GEMM 8']);
    expect(untimed.filter(({contender}) => contender === 'stock wasm')).to.deep.equal([
      {
        engine: 'cpu',
        group: 'conv',
        case: SMALL.name,
        contender: 'stock wasm',
        short: 'n/a',
        reason: 'stock wasm has no kernel DepthwiseConv2dNativeBackpropFilter',
        isFailure: false,
      },
    ]);
    expect(measurements.filter(m => m.case === SMALL.name && m.backend !== 'wasm')).to.have.length(
      contendersFor('cpu', ['mbm7'], names).length - 1,
    );
  });

  it('leave out what would take long, and say how long', async () => {
    const contenders = contendersFor('cpu', ['mbm7']).map(contender =>
      contender.backend === 'cpu' ? {...contender, expected: () => 10} : contender,
    );
    const {measurements, untimed} = await runBenchmarks({
      ...OPTIONS,
      cases: [gemm(8)],
      contenders,
    });
    expect(untimed.map(u => [u.contender, u.reason])).to.deep.equal([
      ['stock cpu', 'not timed: about 51 s'],
    ]);
    expect(measurements.map(m => [m.contender, m.ratio])).to.deep.equal([['mbm7', null]]);
  });

  it('leave no tensors behind', async () => {
    const {numTensors} = tf.memory();
    const contenders = contendersFor('cpu', ['mbm7', 'bf16']);
    await runBenchmarks({
      ...OPTIONS,
      cases: [gemm(8), SMALL, trainingStep('lenet5', 1)],
      contenders,
    });
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
    expect(names('gpu', 'full')).to.include.members([
      'GEMM 4096',
      'LeNet-5 step, batch 64',
      'ResNet-18 (32) step, batch 32',
      'LSTM step, batch 64',
      'MobileNetV1 3x3/2 depthwise 64 @112 dX',
      '1e11 MACs',
    ]);
    expect(names('cpu', 'quick', ['step'])).to.deep.equal([
      'LeNet-5 step, batch 16',
      'LSTM step, batch 16',
    ]);
    const kinds = ['gpu', 'lavapipe', 'swiftshader', 'cpu', 'cpu-beside'] satisfies DeviceKind[];
    for (const kind of kinds) {
      const full = names(kind, 'full');
      expect(full.length).to.be.at.least(names(kind, 'quick').length);
      expect(new Set(full).size).to.equal(full.length);
    }
  });

  it('take medians, over rounds where there are as many, and fewer series where a series takes long', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    // The machine halves its speed in the second round: pairs do not see it.
    expect(ratioOf([1, 2, 1], [2, 4, 4])).to.equal(0.5);
    // A first round that is slow, and a base that left after it.
    expect(ratioOf([3, 1, 1], [4])).to.equal(0.25);
    expect(ratioOf([4], [3, 1, 1])).to.equal(4);
    const budget = budgetFor('full', 'gemm');
    expect(affordableSeries(1, budget)).to.equal(9);
    expect(affordableSeries(2_000, budget)).to.equal(2);
    expect(affordableSeries(60_000, budget)).to.equal(1);
  });
});
