// SPDX-License-Identifier: Apache-2.0
/** Whatever tile is chosen, and wherever the table is read, the bits are those of the reference. */
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {getMultiplier, lutMultiplier, type Multiplier, unitOf} from '@tfjs-approx/arithmetic';
import type {Contraction} from '../../contraction/contraction.js';
import {batchMatMul, fusedMatMul} from '../../kernels/BatchMatMul.js';
import {conv2D, conv2DBackpropFilter, conv2DBackpropInput} from '../../kernels/Conv2D.js';
import {
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
} from '../../kernels/DepthwiseConv2dNative.js';
import {setEngine} from '../../index.js';
import {expectAdapter} from '../../testing/expect-adapter.js';
import {expectSameBits} from '../../testing/compare.js';
import {MEDIUM, randomFloats} from '../../testing/random.js';
import {randomTable} from '../../testing/random-tables.js';
import {createReferenceEngine} from '../reference/engine.js';
import type {ApproxWebGPUBackend} from './backend.js';
import {canRun} from './device-traits.js';
import {createWebGPUEngine} from './engine.js';
import {tableCandidates, tileCandidates} from './tile-candidates.js';
import {TILE_TABLE} from './tile-table.js';
import {tileText, type Tile} from './tiles.js';
import {programOf} from './unit-program.js';

interface Case {
  readonly contractions: readonly Contraction[];
  readonly outputShape: readonly number[];
}

const conv = {strides: [2, 2], pad: 'same', dataFormat: 'NHWC'};
const depthwise = {strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1]};
/** Sizes that fill no tile, strides and padding, k over several panels, and k in blocks. */
const CASES: readonly Case[] = [
  batchMatMul.lower({a: [2, 37, 21], b: [2, 21, 43]}, {}),
  conv2D.lower({x: [2, 9, 7, 3], filter: [3, 3, 3, 11]}, conv),
  batchMatMul.lower({a: [1100, 5], b: [1100, 13]}, {transposeA: true}),
  depthwiseConv2dNative.lower({x: [2, 6, 5, 41], filter: [3, 3, 41, 1]}, depthwise),
  conv2DBackpropInput.lower(
    {dy: [2, 5, 4, 9], filter: [3, 3, 3, 9]},
    {...conv, inputShape: [2, 9, 7, 3]},
  ),
  fusedMatMul.lower({a: [70, 9], b: [9, 6], bias: [6]}, {activation: 'relu'}),
  conv2DBackpropFilter.lower(
    {x: [2, 9, 7, 3], dy: [2, 5, 4, 11]},
    {...conv, filterShape: [3, 3, 3, 11]},
  ),
  depthwiseConv2dNativeBackpropFilter.lower(
    {x: [3, 20, 19, 9], dy: [3, 20, 19, 9]},
    {...depthwise, filterShape: [3, 3, 9, 1]},
  ),
];

/** The cases whose batches lie side by side. */
const CHANNELS = [3, 7];

const table = lutMultiplier(randomTable('random7')!);
const small = lutMultiplier(randomTable('random5')!);
const MULTIPLIERS: readonly Multiplier[] = [
  table,
  getMultiplier('mbm7'),
  getMultiplier('bf16'),
  small,
  getMultiplier('mbm5'),
  getMultiplier('truncated5'),
];

/** One or two cases for each tile, in turn; compiling a shader for all of them would take minutes. */
function casesOf(tile: Tile, turn: number): number[] {
  if (tile.threadsB > 1) return CHANNELS;
  const [one, other] = [turn % CASES.length, (turn + 3) % CASES.length];
  return tile.operands === 'workgroup' && !tile.table ? [one, other] : [one];
}

/** Each tile of any device, and the multipliers that may meet it. */
function tilesByName(subgroupSize: number | null): Map<string, Tile> {
  const tiles = new Map<string, Tile>();
  const forms = ['native', 'logAdd', 'lut'] as const;
  for (const lists of Object.values(TILE_TABLE)) {
    for (const form of forms) for (const {tile} of lists[form]) tiles.set(tileText(tile), tile);
  }
  tileCandidates(subgroupSize).forEach((tile, turn) => {
    tiles.set(tileText(tile), tile);
    // Places of the table and shapes are independent: each place with some shapes.
    const places = tableCandidates(tile);
    const place = places[turn % places.length];
    tiles.set(tileText(place), place);
  });
  return tiles;
}

describe('tiles', function () {
  this.timeout(600_000);
  let backend: ApproxWebGPUBackend;

  before(async () => {
    await setEngine('webgpu');
    expectAdapter();
    backend = tf.backend() as ApproxWebGPUBackend;
  });

  const cpu = new MathBackendCPU();
  const reference = createReferenceEngine(cpu);
  const expected = new Map<string, Float32Array>();

  async function run(tile: Tile, number: number, multiplier: Multiplier): Promise<void> {
    const {contractions, outputShape} = CASES[number];
    const values = [contractions[0].first, contractions[0].second, contractions[0].epilogue.bias]
      .filter(view => view !== undefined)
      .map(({shape}, i) => ({
        shape: [...shape],
        data: randomFloats(tf.util.sizeFromShape([...shape]), 10 * number + i, MEDIUM),
      }));
    const tensors = (on: ApproxWebGPUBackend | MathBackendCPU) => {
      const [first, second, bias] = values.map(({shape, data}) =>
        on.makeTensorInfo(shape, 'float32', data),
      );
      return {first, second, bias};
    };
    const key = `${number} ${multiplier.name}`;
    if (!expected.has(key)) {
      const output = reference.run(contractions, outputShape, tensors(cpu), unitOf(multiplier));
      expected.set(key, cpu.readSync(output.dataId) as Float32Array);
    }
    const operands = tensors(backend);
    const engine = createWebGPUEngine(backend, () => [{tile, cost: 1}]);
    const output = engine.run(contractions, outputShape, operands, unitOf(multiplier));
    const found = (await backend.read(output.dataId)) as Float32Array;
    expectSameBits(
      `${tileText(tile)}, case ${number}, ${multiplier.name}`,
      found,
      expected.get(key)!,
    );
    const all = [output, operands.first, operands.second, operands.bias];
    for (const tensor of all) if (tensor) backend.disposeData(tensor.dataId);
  }

  /** What is compared: every tile that the adapter can run, on its cases, with multipliers in turn. */
  function comparisons(): Array<[tile: Tile, number: number, multiplier: Multiplier]> {
    const {traits} = backend;
    const all: Array<[Tile, number, Multiplier]> = [];
    let tiles = 0;
    for (const tile of tilesByName(traits.subgroupSize).values()) {
      const multipliers = MULTIPLIERS.filter(multiplier => {
        const unit = programOf(unitOf(multiplier));
        return canRun(tile, unit, traits) && (!tile.table || unit.form === 'lut');
      });
      if (multipliers.length === 0) continue;
      tiles++;
      for (const number of casesOf(tile, tiles)) {
        all.push([tile, number, multipliers[all.length % multipliers.length]]);
      }
    }
    expect(tiles).to.be.greaterThan(35);
    expect(all.length).to.be.greaterThan(60);
    return all;
  }

  // Software adapters compile some of the shaders in seconds: one test for all would look like a hang.
  const PARTS = 8;
  for (let part = 0; part < PARTS; part++) {
    it(`of every list and every candidate, part ${part + 1} of ${PARTS}`, async () => {
      for (const [index, comparison] of comparisons().entries()) {
        if (index % PARTS === part) await run(...comparison);
      }
    });
  }
});
