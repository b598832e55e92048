// SPDX-License-Identifier: Apache-2.0
/**
 * The two shaders of a contraction.
 *
 * The contraction shader: each workgroup covers one tile of the output for one batch (or some that
 * lie side by side) and one block of k. Operands are read through their views and decoded once, when
 * they are loaded; register-tile.ts and panel-tile.ts form the sums.
 * The block-sum shader adds the sums of the blocks in ascending order and applies the epilogue.
 */
import type {ContractionLayout} from '../../contraction/layout.js';
import type {Epilogue} from '../../contraction/contraction.js';
import {
  emitForms,
  emitQuotient,
  formStructure,
  groupPart,
  LARGEST_FLOAT_DIVIDEND,
  valueOf,
  type NamedForm,
} from './index-wgsl.js';
import {emitPanels, emitPanelSums, loadOrder} from './panel-tile.js';
import type {Parameters} from './parameters.js';
import {emitRegisterSums} from './register-tile.js';
import type {ShaderSpec} from './shader-spec.js';
import {tableBytes, wordType} from './packed-table.js';
import {
  columnsOf,
  PLAIN_TABLE,
  rowsOf,
  threadsOf,
  workgroupsOf,
  type TablePlacement,
  type Tile,
} from './tiles.js';
import type {UnitProgram} from './unit-program.js';
import {sum, WgslBuilder} from './wgsl.js';

export const BINDING = {output: 0, first: 1, second: 2, parameters: 3, table: 4, bias: 5} as const;
/** Workgroup size of the block-sum shader. */
export const BLOCK_SUM_THREADS = 64;

/** Everything a shader's text depends on, so that two texts can never share a pipeline. */
export function shaderKey(spec: ShaderSpec): string {
  const {layout, parameters, unit, activation, tile} = spec;
  return [
    parameters.names.join(),
    formStructure(layout),
    hasSmallIndices(spec),
    layout.plan.blocks > 1,
    loadOrder(layout.first),
    loadOrder(layout.second),
    unit.key,
    activation,
    JSON.stringify(tile),
  ].join('|');
}

function hasSmallIndices({layout, tile}: ShaderSpec): boolean {
  const {size} = layout;
  const largest = Math.max(size.b, size.m, size.n, size.k, workgroupsOf(tile, layout));
  return largest <= LARGEST_FLOAT_DIVIDEND;
}

const tableOf = ({table = PLAIN_TABLE}: Tile): TablePlacement => table;

export function contractionShader(spec: ShaderSpec): string {
  const {layout, parameters, unit, activation, tile} = spec;
  const isSplit = layout.plan.blocks > 1;
  const rows = rowsOf(tile);
  const columns = columnsOf(tile);
  const wgsl = new WgslBuilder();

  if (tile.operands === 'subgroup') wgsl.emit('enable subgroups;');
  // Bits, not floats: a float test for NaN may be optimised away.
  emitBindings(wgsl, parameters, {
    first: 'u32',
    second: 'u32',
    ...(isSplit ? {} : biasType(spec)),
  });
  const fillsTable = emitTable(wgsl, unit, tile);
  emitQuotient(wgsl, hasSmallIndices(spec));
  emitForms(wgsl, layout, isSplit ? ['first', 'second'] : ['first', 'second', 'output', 'bias']);
  if (!isSplit) emitActivation(wgsl, activation);
  unit.emitProduct(wgsl, tableOf(tile).entry);
  if (tile.operands === 'workgroup') emitPanels(wgsl, spec);

  wgsl.emit(`@compute @workgroup_size(${threadsOf(tile)})`);
  wgsl.emit('fn main(@builtin(workgroup_id) workgroup: vec3<u32>,');
  wgsl.emit('        @builtin(num_workgroups) workgroups: vec3<u32>,');
  if (tile.operands === 'subgroup') {
    wgsl.emit('        @builtin(subgroup_invocation_id) lane: u32,');
  }
  wgsl.block('        @builtin(local_invocation_index) thread: u32)', () => {
    const {threadsN, threadsM, threadsB} = tile;
    wgsl.emit(
      `let tilesN = (p.nSize + ${columns - 1}) / ${columns};`,
      `let tilesM = (p.mSize + ${rows - 1}) / ${rows};`,
      `let tilesB = (p.bSize + ${threadsB - 1}) / ${threadsB};`,
      'let id = i32(workgroup.x + workgroup.y * workgroups.x);',
      'if (id >= tilesN * tilesM * p.blocks * tilesB) { return; }',
      'let aboveN = quotient(id, tilesN);',
      `let nStart = (id - aboveN * tilesN) * ${columns};`,
      'let aboveM = quotient(aboveN, tilesM);',
      `let mStart = (aboveN - aboveM * tilesM) * ${rows};`,
      isSplit ? 'let tileB = quotient(aboveM, p.blocks);' : 'let tileB = aboveM;',
      `let block = ${isSplit ? 'aboveM - tileB * p.blocks' : '0'};`,
      'let kBegin = block * p.blockSize;',
      'let kEnd = min(p.kSize, kBegin + p.blockSize);',
    );
    if (threadsB > 1) {
      wgsl.emit(
        `let bIndex = tileB * ${threadsB} + i32(thread) % ${threadsB};`,
        'let b = min(bIndex, p.bSize - 1);',
      );
    } else {
      wgsl.emit('let b = tileB;');
    }
    const inTile = threadsB > 1 ? `(i32(thread) / ${threadsB})` : 'i32(thread)';
    wgsl.emit(
      `let threadN = ${threadsN > 1 ? `${inTile} % ${threadsN}` : '0'};`,
      `let threadM = ${threadsM > 1 ? quotient(inTile, threadsN) : '0'};`,
    );
    if (fillsTable) emitFillTable(wgsl, unit, tile);
    wgsl.unroll(tile.rowsPerThread, i =>
      wgsl.unroll(tile.columnsPerThread, j => wgsl.emit(`var sum_${i}_${j} = 0.0;`)),
    );
    if (tile.operands === 'workgroup') emitPanelSums(wgsl, spec);
    else emitRegisterSums(wgsl, spec);
    if (threadsB > 1) wgsl.emit('if (bIndex >= p.bSize) { return; }');
    emitStores(wgsl, spec, isSplit ? null : activation);
  });
  return wgsl.toString();
}

const quotient = (value: string, by: number) => (by > 1 ? `${value} / ${by}` : value);

/** Emits what the products read; whether a copy in workgroup memory is to be filled first. */
function emitTable(wgsl: WgslBuilder, {reads, tableBits}: UnitProgram, tile: Tile): boolean {
  const bind = (name: string, type: string) =>
    wgsl.emit(`@group(0) @binding(${BINDING.table}) var<storage, read> ${name}: array<${type}>;`);
  if (reads === 'significands') bind(reads, 'f32');
  if (reads !== 'lut' || tableBits === null) return false;
  const {memory, entry} = tableOf(tile);
  const type = wordType(entry);
  if (memory === 'storage') {
    bind(reads, type);
    return false;
  }
  bind('stored', type);
  wgsl.emit(`var<workgroup> lut: array<${type}, ${tableBytes(tableBits, entry) / 4}>;`);
  return true;
}

function emitFillTable(wgsl: WgslBuilder, {tableBits}: UnitProgram, tile: Tile): void {
  const words = tableBytes(tableBits!, tableOf(tile).entry) / 4;
  const threads = threadsOf(tile);
  wgsl.block(`for (var w = i32(thread); w < ${words}; w += ${threads})`, () =>
    wgsl.emit('lut[w] = stored[w];'),
  );
  wgsl.emit('workgroupBarrier();');
}

function emitBindings(
  wgsl: WgslBuilder,
  parameters: Parameters,
  types: {first: string; second?: string; bias?: string},
): void {
  wgsl.block('struct Parameters', () => {
    for (const name of parameters.names) wgsl.emit(`${name}: i32,`);
  });
  const storage = (name: keyof typeof BINDING, access: string, type: string) =>
    wgsl.emit(`@group(0) @binding(${BINDING[name]}) var<storage, ${access}> ${name}: ${type};`);
  storage('output', 'read_write', 'array<f32>');
  wgsl.emit(`@group(0) @binding(${BINDING.parameters}) var<uniform> p: Parameters;`);
  for (const name of ['first', 'second', 'bias'] as const) {
    if (types[name]) storage(name, 'read', `array<${types[name]}>`);
  }
}

function biasType({layout}: ShaderSpec): {bias?: string} {
  return layout.bias ? {bias: 'f32'} : {};
}

/** Writes the sums: to the output through its view, or, when k is split, to [block, b, m, n]. */
function emitStores(
  wgsl: WgslBuilder,
  {layout, tile}: ShaderSpec,
  activation: Epilogue['activation'] | null,
): void {
  const {rowsPerThread, columnsPerThread, threadsM, threadsN} = tile;
  const parts = epilogueViews(layout);
  if (activation) {
    for (const [name, form] of parts) {
      wgsl.emit(`let ${name}Base = ${valueOf([name, form], {b: 'b'})};`);
    }
  }
  wgsl.unroll(columnsPerThread, j => {
    wgsl.emit(`let n${j} = nStart + threadN + ${j * threadsN};`);
    if (!activation) return;
    for (const [name, form] of parts) {
      wgsl.emit(`let ${name}N${j} = ${groupPart([name, form], 'n', `n${j}`)};`);
    }
  });
  wgsl.unroll(rowsPerThread, i => {
    wgsl.emit(`let m${i} = mStart + threadM + ${i * threadsM};`);
    wgsl.block(`if (m${i} < p.mSize)`, () => {
      if (activation) {
        for (const [name, form] of parts) {
          const row = groupPart([name, form], 'm', `m${i}`);
          wgsl.emit(`let ${name}M = ${sum(`${name}Base`, row)};`);
        }
      } else {
        wgsl.emit(`let row = ((block * p.bSize + b) * p.mSize + m${i}) * p.nSize;`);
      }
      wgsl.unroll(columnsPerThread, j =>
        wgsl.emit(
          activation
            ? `if (n${j} < p.nSize) { ${storeOf(layout, activation, `sum_${i}_${j}`, name => `${name}M + ${name}N${j}`)} }`
            : `if (n${j} < p.nSize) { output[row + n${j}] = sum_${i}_${j}; }`,
        ),
      );
    });
  });
}

/** The views that the epilogue addresses. */
function epilogueViews(layout: ContractionLayout): NamedForm[] {
  const output: NamedForm = ['output', layout.output.address];
  return layout.bias ? [output, ['bias', layout.bias.address]] : [output];
}

/** `output[...] = activation(total + bias[...]);` */
function storeOf(
  layout: ContractionLayout,
  activation: Epilogue['activation'],
  total: string,
  element: (name: 'output' | 'bias') => string,
): string {
  const sumAndBias = layout.bias ? `${total} + bias[${element('bias')}]` : total;
  const value = activation === 'linear' ? sumAndBias : `${activation}(${sumAndBias})`;
  return `output[${element('output')}] = ${value};`;
}

/** Comparisons with NaN are false, so NaN stays NaN. */
function emitActivation(wgsl: WgslBuilder, activation: Epilogue['activation']): void {
  if (activation === 'linear') return;
  wgsl.block(`fn ${activation}(x: f32) -> f32`, () => {
    wgsl.emit('let y = select(x, 0.0, x < 0.0);');
    wgsl.emit(activation === 'relu6' ? 'return select(y, 6.0, y > 6.0);' : 'return y;');
  });
}

/** Reads [block, b, m, n] at `first`, adds blocks in ascending order, writes through the output view. */
export function blockSumShader(spec: ShaderSpec): string {
  const {layout, parameters, unit, activation} = spec;
  const wgsl = new WgslBuilder();
  emitBindings(wgsl, parameters, {first: 'f32', ...biasType(spec)});
  // k is split only where there are 2^21 outputs at most (fp32.ts of the accumulators).
  emitQuotient(wgsl, true);
  emitForms(wgsl, layout, ['output', 'bias']);
  emitActivation(wgsl, activation);
  wgsl.emit(`@compute @workgroup_size(${BLOCK_SUM_THREADS})`);
  wgsl.emit('fn main(@builtin(workgroup_id) workgroup: vec3<u32>,');
  wgsl.emit('        @builtin(num_workgroups) workgroups: vec3<u32>,');
  wgsl.block('        @builtin(local_invocation_index) thread: u32)', () => {
    wgsl.emit(
      `let id = i32((workgroup.x + workgroup.y * workgroups.x) * ${BLOCK_SUM_THREADS}u + thread);`,
      'let count = p.bSize * p.mSize * p.nSize;',
      'if (id >= count) { return; }',
      'var total = 0.0;',
    );
    wgsl.block('for (var block = 0; block < p.blocks; block += 1)', () => {
      unit.emitAddBlock(wgsl, 'total', 'first[block * count + id]');
    });
    wgsl.emit(
      'let aboveN = quotient(id, p.nSize);',
      'let b = quotient(aboveN, p.mSize);',
      'let m = aboveN - b * p.mSize;',
      'let n = id - aboveN * p.nSize;',
    );
    const indices = {b: 'b', m: 'm', n: 'n'};
    const element = (name: 'output' | 'bias') => valueOf([name, layout[name]!.address], indices);
    wgsl.emit(storeOf(layout, activation, 'total', element));
  });
  return wgsl.toString();
}
