// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {getMultiplier} from '@tfjs-approx/lut-builder';
import type {Contraction} from '../../contraction/contraction.js';
import {layoutOf} from '../../contraction/layout.js';
import {batchMatMul, fusedMatMul} from '../../kernels/BatchMatMul.js';
import {conv2D, conv2DBackpropFilter, conv2DBackpropInput} from '../../kernels/Conv2D.js';
import {parametersOf} from './parameters.js';
import {blockSumShader, contractionShader, shaderKey, type ShaderSpec} from './shaders.js';
import {chooseTile, columnsOf, rowsOf} from './tiles.js';

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
  'mbm7',
  'mitchell7',
  'mitchell5',
  'truncated7',
];

function specs(): ShaderSpec[] {
  return CONTRACTIONS.flatMap(contraction =>
    MULTIPLIERS.map(name => {
      const layout = layoutOf(contraction);
      return {
        layout,
        parameters: parametersOf(layout),
        multiplier: getMultiplier(name),
        activation: contraction.epilogue.activation,
        tile: chooseTile(layout.size.m, layout.size.n, 1),
        integers: {first: false, second: false, bias: false},
      };
    }),
  );
}

describe('shaders', () => {
  it('equal keys mean equal text: no two configurations share a pipeline by mistake', () => {
    const texts = new Map<string, string>();
    for (const spec of specs()) {
      const text = contractionShader(spec) + blockSumShader(spec);
      const key = shaderKey(spec);
      expect(texts.get(key) ?? text).to.equal(text);
      texts.set(key, text);
    }
    expect(texts.size).to.be.greaterThan(40);
  });

  it('multipliers with the same operand encoding share a pipeline; the table is a binding', () => {
    const [mbm, mitchell] = ['mbm7', 'mitchell7'].map(name => {
      const spec = specs().find(({multiplier}) => multiplier.name === name)!;
      return shaderKey(spec);
    });
    expect(mbm).to.equal(mitchell);
  });

  it('native multipliers read no table', () => {
    for (const spec of specs()) {
      const reads = contractionShader(spec).includes('lut[');
      expect(reads, spec.multiplier.name).to.equal(spec.multiplier.evaluation === 'lut');
    }
  });
});

describe('chooseTile', () => {
  it('stays within WebGPU default limits', () => {
    for (const m of [1, 7, 64, 1000]) {
      for (const n of [1, 6, 16, 33, 500]) {
        const tile = chooseTile(m, n, 1000);
        expect(tile.threadsM * tile.threadsN).to.be.at.most(256);
        expect((rowsOf(tile) + columnsOf(tile)) * tile.depth * 8).to.be.at.most(16384);
      }
    }
  });

  it('is large only where there are enough workgroups for a large GPU', () => {
    expect(rowsOf(chooseTile(2048, 2048, 1)) * columnsOf(chooseTile(2048, 2048, 1))).to.equal(8192);
    expect(rowsOf(chooseTile(512, 512, 1)) * columnsOf(chooseTile(512, 512, 1))).to.equal(4096);
    expect(columnsOf(chooseTile(512, 512, 16))).to.equal(128);
  });

  it('is thin for thin outputs', () => {
    expect(columnsOf(chooseTile(50176, 6, 1))).to.be.at.most(8);
    expect(rowsOf(chooseTile(6, 50176, 1))).to.be.at.most(8);
    expect(columnsOf(chooseTile(4096, 1, 1))).to.equal(1);
  });
});
