// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {
  fp32Accumulator,
  getMultiplier,
  type Multiplier,
  MultiplierError,
  unitOf,
} from '@tfjs-approx/arithmetic';
import type {Contraction} from '../../contraction/contraction.js';
import {layoutOf} from '../../contraction/layout.js';
import {batchMatMul, fusedMatMul} from '../../kernels/BatchMatMul.js';
import {conv2D, conv2DBackpropFilter, conv2DBackpropInput} from '../../kernels/Conv2D.js';
import {depthwiseConv2dNative} from '../../kernels/DepthwiseConv2dNative.js';
import {parametersOf} from './parameters.js';
import {blockSumShader, contractionShader, shaderKey} from './shaders.js';
import type {ShaderSpec} from './shader-spec.js';
import {panelBytes} from './panel-tile.js';
import {tableCandidates, tileCandidates} from './tile-candidates.js';
import {TILE_TABLE} from './tile-table.js';
import {chooseTile, columnsOf, rowsOf, tileText, threadsOf, type Tile} from './tiles.js';
import {programOf} from './unit-program.js';

const conv = {strides: [2, 2], pad: 'same', dataFormat: 'NHWC'};
const CONTRACTIONS: readonly Contraction[] = [
  ...batchMatMul.lower({a: [70, 90], b: [90, 80]}, {}).contractions,
  ...batchMatMul.lower({a: [4, 70, 90], b: [1, 90, 80]}, {}).contractions,
  ...batchMatMul.lower({a: [90, 70], b: [80, 90]}, {transposeA: true, transposeB: true})
    .contractions,
  ...batchMatMul.lower({a: [3, 3000], b: [3000, 2]}, {}).contractions,
  ...fusedMatMul.lower({a: [9, 8], b: [8, 7], bias: [7]}, {activation: 'relu'}).contractions,
  ...fusedMatMul.lower({a: [9, 8], b: [8, 7], bias: [7]}, {activation: 'relu6'}).contractions,
  ...fusedMatMul.lower({a: [9, 8], b: [8, 7]}, {activation: 'relu6'}).contractions,
  ...conv2D.lower({x: [2, 9, 9, 3], filter: [3, 3, 3, 5]}, conv).contractions,
  ...conv2DBackpropFilter.lower(
    {x: [2, 9, 9, 3], dy: [2, 5, 5, 5]},
    {...conv, filterShape: [3, 3, 3, 5]},
  ).contractions,
  ...conv2DBackpropInput.lower(
    {dy: [2, 5, 5, 5], filter: [3, 3, 3, 5]},
    {...conv, inputShape: [2, 9, 9, 3]},
  ).contractions,
];
const MULTIPLIERS = [
  'fp32',
  'bf16',
  'tf32',
  'fp16',
  'bf16:lut',
  'mbm7',
  'mbm7:lut',
  'mitchell7',
  'mitchell7:lut',
  'mitchell5:lut',
  'mbm5',
  'mbm3',
  'truncated7',
  'truncated5',
];

function spec(contraction: Contraction, name: string, tile?: Tile): ShaderSpec {
  const layout = layoutOf(contraction, fp32Accumulator);
  const unit = programOf(unitOf(getMultiplier(name)));
  return {
    layout,
    parameters: parametersOf(layout),
    unit,
    activation: contraction.epilogue.activation,
    tile: tile ?? chooseTile(TILE_TABLE.default[unit.form], layout),
  };
}

const specs = (): ShaderSpec[] =>
  CONTRACTIONS.flatMap(contraction => MULTIPLIERS.map(name => spec(contraction, name)));

const product = (m: number, n: number, batch = 1): Contraction =>
  batchMatMul.lower({a: [batch, m, 64], b: [batch, 64, n]}, {}).contractions[0];

describe('shaders', () => {
  it('equal keys mean equal text: no two configurations share a pipeline by mistake', () => {
    const texts = new Map<string, string>();
    const tiles = tileCandidates(8).flatMap(tile => [tile, ...tableCandidates(tile)]);
    const all = [...specs(), ...tiles.map(tile => spec(CONTRACTIONS[7], 'mbm7:lut', tile))];
    for (const one of all) {
      const text = contractionShader(one) + blockSumShader(one);
      const key = shaderKey(one);
      expect(texts.get(key) ?? text).to.equal(text);
      texts.set(key, text);
    }
    expect(texts.size).to.be.greaterThan(150);
  });

  it('multipliers with the same operand encoding share a pipeline; the table is a binding', () => {
    const key = (name: string) => shaderKey(spec(CONTRACTIONS[0], name));
    expect(key('mbm7:lut')).to.equal(key('mitchell7:lut'));
    expect(key('mbm7')).not.to.equal(key('mitchell7'));
  });

  it('only the lut form reads a table', () => {
    for (const one of specs()) {
      const reads = contractionShader(one).includes('lut[');
      const {name} = one.unit;
      expect(reads, name).to.equal(getMultiplier(name).evaluation === 'lut');
    }
  });

  it('logAdd prepares its constants when operands are decoded, and adds once per product', () => {
    const text = contractionShader(spec(CONTRACTIONS[0], 'mbm7'));
    expect(text).to.include('let log = bitcast<f32>(x + y);');
    expect(text).to.include('select(corrected, log, corrected >= 4.0)');
    expect(contractionShader(spec(CONTRACTIONS[0], 'mitchell7'))).not.to.include('corrected');
  });

  it('tiles in registers use no workgroup memory and no barrier', () => {
    for (const tile of tileCandidates(8)) {
      const text = contractionShader(spec(CONTRACTIONS[7], 'bf16', tile));
      const isPanel = tile.operands === 'workgroup';
      expect(text.includes('var<workgroup>'), tileText(tile)).to.equal(isPanel);
      expect(text.includes('workgroupBarrier'), tileText(tile)).to.equal(isPanel);
      expect(text.includes('subgroupBroadcast'), tileText(tile)).to.equal(
        tile.operands === 'subgroup',
      );
    }
  });
});

describe('chooseTile', () => {
  const choose = (m: number, n: number, batch = 1) =>
    chooseTile(TILE_TABLE.default.lut, layoutOf(product(m, n, batch), fp32Accumulator));

  it('stays within WebGPU default limits', () => {
    for (const form of ['native', 'logAdd', 'lut'] as const) {
      for (const {tile} of TILE_TABLE.default[form]) {
        expect(threadsOf(tile), tileText(tile)).to.be.at.most(256);
        const bytes = tile.operands === 'workgroup' ? panelBytes(tile, form !== 'native') : 0;
        expect(bytes, tileText(tile)).to.be.at.most(16384);
      }
    }
  });

  it('is large only where there are enough workgroups for a large GPU', () => {
    const outputs = (tile: Tile) => rowsOf(tile) * columnsOf(tile);
    expect(outputs(choose(2048, 2048))).to.equal(8192);
    expect(outputs(choose(512, 512))).to.equal(4096);
    expect(columnsOf(choose(512, 512, 16))).to.equal(128);
  });

  it('is thin for thin outputs', () => {
    expect(columnsOf(choose(50176, 6))).to.be.at.most(8);
    expect(rowsOf(choose(6, 50176))).to.be.at.most(8);
    expect(columnsOf(choose(4096, 1))).to.equal(1);
  });

  it('runs along channels where they lie side by side', () => {
    const shapes = {x: [4, 14, 14, 64], filter: [3, 3, 64, 1]};
    const attributes = {strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1]};
    const [contraction] = depthwiseConv2dNative.lower(shapes, attributes).contractions;
    const {threadsB} = chooseTile(
      TILE_TABLE.default.native,
      layoutOf(contraction, fp32Accumulator),
    );
    expect(threadsB).to.be.greaterThan(1);
    expect(choose(64, 64, 64).threadsB).to.equal(1);
  });
});

describe('a unit that a shader is to be made of', () => {
  const mbm4 = getMultiplier('mbm4');
  it('is checked, and its closed form compared with its table', () => {
    for (const [multiplier, message] of [
      [{...mbm4, exact: true}, 'found exact = true'],
      [{...mbm4, closedForm: {kind: 'logAdd'}}, 'expected the logAdd product'],
      [{...mbm4, closedForm: {kind: 'logAdd', offset: 2}}, 'found offset = 2'],
      [{...mbm4, evaluation: 'lut', lut: getMultiplier('mbm5').lut}, 'of 5 mantissa bits'],
    ] as [Multiplier, string][]) {
      expect(() => programOf(unitOf(multiplier))).to.throw(MultiplierError, message);
    }
  });
});
