// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {resolveMacUnit} from '@tfjs-approx/arithmetic';
import {DeviceLimitError} from '../../errors.js';
import {
  canRun,
  deviceClassOf,
  tilesFor,
  tilesThatRun,
  type DeviceTraits,
  type TileLimits,
} from './device-traits.js';
import {TILE_TABLE, type DeviceClass} from './tile-table.js';
import {panel, type Tile} from './tiles.js';
import {programOf} from './unit-program.js';

const program = (name: string) => programOf(resolveMacUnit(name));

const adapter = (vendor: string, description: string, isFallbackAdapter = false) => ({
  vendor,
  architecture: '',
  device: '',
  description,
  isFallbackAdapter,
});

/** Of WebGPU, which every device grants at least. */
const DEFAULT_LIMITS = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
};

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
        limits: DEFAULT_LIMITS,
      };
      for (const name of ['fp32', 'mitchell7', 'bf16', 'mbm7:lut', 'mbm11:lut']) {
        const tiles = tilesFor(program(name), traits);
        const forAnyBatch = tiles.filter(({tile}) => tile.threadsB === 1);
        expect(forAnyBatch, `${deviceClass} ${name}`).not.to.have.length(0);
      }
    }
  });

  it('a tile must fit every limit', () => {
    const runs = (tile: Tile, name: string, limits: Partial<TileLimits>) =>
      canRun(tile, program(name), {
        deviceClass: 'default',
        subgroupSize: null,
        limits: {...DEFAULT_LIMITS, ...limits},
      });
    const tile = panel([16, 16], [4, 4], 16);
    expect(runs(tile, 'bf16', {})).to.equal(true);
    expect(runs(tile, 'bf16', {maxComputeInvocationsPerWorkgroup: 255})).to.equal(false);
    expect(runs(tile, 'bf16', {maxComputeWorkgroupSizeX: 255})).to.equal(false);
    // 2 panels of 64 x 16 values; mbm7 has codes beside them.
    expect(runs(tile, 'bf16', {maxComputeWorkgroupStorageSize: 8192})).to.equal(true);
    expect(runs(tile, 'mbm7', {maxComputeWorkgroupStorageSize: 8192})).to.equal(false);
    const copied = panel([8, 8], [2, 2], 16, {memory: 'workgroup', entry: 'u8'});
    expect(runs(copied, 'mbm7:lut', {})).to.equal(false);
    expect(runs(copied, 'mbm7:lut', {maxComputeWorkgroupStorageSize: 20480})).to.equal(true);
  });

  it('a device that no tile fits: says which limit, and what to do', () => {
    const on = (limits: Partial<TileLimits>) => () =>
      tilesFor(program('mbm7'), {
        deviceClass: 'nvidia',
        subgroupSize: null,
        limits: {...DEFAULT_LIMITS, ...limits},
      });
    expect(on({maxComputeWorkgroupSizeX: 32})).to.throw(
      DeviceLimitError,
      /mbm7.*nvidia.*maxComputeWorkgroupSizeX 32 \(it takes 64\)\. Set APPROX_ENGINE=cpu/,
    );
    expect(on({maxComputeWorkgroupStorageSize: 1024})).to.throw(
      DeviceLimitError,
      /panel\(.*maxComputeWorkgroupStorageSize 1024 \(it takes \d+\)/,
    );
  });

  it('tiles whose entries are too small for a table: no limit is said to be exceeded', () => {
    const tile = panel([8, 8], [2, 2], 16, {memory: 'storage', entry: 'u8'});
    const traits: DeviceTraits = {
      deviceClass: 'nvidia',
      subgroupSize: null,
      limits: DEFAULT_LIMITS,
    };
    expect(() => tilesThatRun([tile], program('mbm11:lut'), traits)).to.throw(
      DeviceLimitError,
      /mbm11:lut fits.*hold smaller products\. Set APPROX_ENGINE=cpu/,
    );
  });
});
