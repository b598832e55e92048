// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setEngine} from '../../index.js';
import {expectAdapter} from '../../testing/expect-adapter.js';
import type {ApproxWebGPUBackend} from './backend.js';
import type {DeviceTraits} from './device-traits.js';
import {checkLanes, lanesAreNeighbours} from './lanes.js';
import {tileCandidates} from './tile-candidates.js';
import {subgroup} from './tiles.js';

describe('lanes of subgroups', () => {
  let backend: ApproxWebGPUBackend;
  let traits: DeviceTraits;
  const {warn} = console;
  let warnings: string[];

  before(async function () {
    await setEngine('webgpu');
    expectAdapter();
    backend = tf.backend() as ApproxWebGPUBackend;
    ({traits} = backend);
    if (traits.subgroupSize === null) this.skip();
  });
  beforeEach(() => {
    warnings = [];
    console.warn = (line: string) => void warnings.push(line);
  });
  afterEach(() => {
    console.warn = warn;
    backend.traits = traits;
  });

  it('are neighbours here, in workgroups of every tile', async () => {
    const {numTensors} = tf.memory();
    await checkLanes(backend, tileCandidates(traits.subgroupSize));
    expect(warnings).to.deep.equal([]);
    expect(backend.traits.subgroupSize).to.equal(traits.subgroupSize);
    expect(tf.memory().numTensors).to.equal(numTensors);
  });

  it('that are others are found, and no tile relies on them', async () => {
    const lanes = 2 * traits.subgroupSize!;
    expect(await lanesAreNeighbours(backend, lanes, 4 * lanes)).to.equal(false);
    backend.traits = {...traits, subgroupSize: lanes};
    await checkLanes(backend, [subgroup([lanes, 2], [1, 8], lanes)]);
    expect(backend.traits).to.deep.include({subgroupSize: null});
    expect(warnings.join()).to.match(/not known to be neighbours in workgroups of \d+; tiles/);
  });

  it('count as others where the check does not compile, which is no failure of the backend', async () => {
    const {device} = backend;
    const {createShaderModule} = device;
    device.createShaderModule = descriptor =>
      createShaderModule.call(device, {...descriptor, code: `${descriptor.code} nonsense`});
    try {
      expect(await lanesAreNeighbours(backend, traits.subgroupSize!, 256)).to.equal(false);
    } finally {
      device.createShaderModule = createShaderModule;
    }
    backend.assertHealthy();
    expect(await lanesAreNeighbours(backend, traits.subgroupSize!, 256)).to.equal(true);
  });

  it('are not looked at where no tile shares operands between them', async () => {
    backend.traits = {...traits, subgroupSize: 2 * traits.subgroupSize!};
    await checkLanes(backend, tileCandidates(traits.subgroupSize));
    expect(backend.traits.subgroupSize).to.equal(2 * traits.subgroupSize!);
  });
});
