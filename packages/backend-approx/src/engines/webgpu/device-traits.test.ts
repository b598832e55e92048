// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {getMultiplier} from '@tfjs-approx/lut-builder';
import {deviceClassOf, tilesFor, type DeviceTraits} from './device-traits.js';
import {TILE_TABLE, type DeviceClass} from './tile-table.js';

const adapter = (vendor: string, description: string, isFallbackAdapter = false) => ({
  vendor,
  architecture: '',
  device: '',
  description,
  isFallbackAdapter,
});

describe('device traits', () => {
  it('a device is classed by vendor, software adapters by name', () => {
    expect(deviceClassOf(adapter('nvidia', 'H100'))).to.equal('nvidia');
    expect(deviceClassOf(adapter('apple', 'M3'))).to.equal('apple');
    expect(deviceClassOf(adapter('qualcomm', 'Adreno'))).to.equal('default');
    expect(deviceClassOf(adapter('mesa', 'llvmpipe (LLVM 15)'))).to.equal('lavapipe');
    expect(deviceClassOf(adapter('google', 'SwiftShader driver', true))).to.equal('swiftshader');
  });

  // Subgroups may be missing or of another size than the tuner's.
  it('every class has tiles for every form on a device with WebGPU default limits', () => {
    for (const deviceClass of [...Object.keys(TILE_TABLE), 'amd'] as DeviceClass[]) {
      const traits: DeviceTraits = {
        deviceClass,
        subgroupSize: null,
        mostThreads: 256,
        workgroupMemory: 16384,
      };
      for (const name of ['fp32', 'mitchell7', 'bf16', 'mbm7:lut', 'mbm11:lut']) {
        const tiles = tilesFor(getMultiplier(name), traits);
        const forAnyBatch = tiles.filter(({tile}) => tile.threadsB === 1);
        expect(forAnyBatch, `${deviceClass} ${name}`).not.to.have.length(0);
      }
    }
  });
});
