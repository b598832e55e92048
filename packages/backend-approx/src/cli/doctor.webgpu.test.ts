// SPDX-License-Identifier: Apache-2.0
/** `tfjs-approx doctor` on each adapter the tests run on. */
import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {deviceInfo} from '../index.js';
import type {Diagnosis} from './doctor.js';

const BIN = fileURLToPath(new URL('../../bin/tfjs-approx.mjs', import.meta.url));

describe('tfjs-approx doctor', () => {
  it('finds the adapter, its self-test, its limits and its speed, and compares bits', () => {
    const stdout = execFileSync(process.execPath, [BIN, 'doctor', '--json'], {encoding: 'utf8'});
    const found = JSON.parse(stdout) as Diagnosis;
    const {adapter, device, software, selfTest} = deviceInfo();
    expect(found.adapter).to.deep.equal({...adapter, device, software});
    expect(found.selfTest).to.deep.equal(selfTest);
    expect(found.bitsEqual).to.equal(true);
    expect(found.limits!.maxBufferSize).to.be.at.least(2 ** 28);
    expect(found.engines.map(({engine}) => engine)).to.deep.equal(['cpu', 'webgpu']);
    expect(found.engines[1].speeds.map(({multiplier}) => multiplier)).to.deep.equal([
      'mbm7',
      'fp32',
    ]);
    expect(found.automatic).to.equal(software ? 'cpu' : 'webgpu');
  });
});
