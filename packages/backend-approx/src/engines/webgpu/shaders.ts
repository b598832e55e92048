// SPDX-License-Identifier: Apache-2.0
/**
 * The two shaders of a contraction.
 *
 * The contraction shader: each workgroup covers one tile of the output for one batch and one block
 * of k. Operands are read through their views and decoded once, when a panel is loaded into
 * workgroup memory; then a product costs one look-up, two multiplications and one addition.
 * The block-sum shader adds the sums of the blocks in ascending order and applies the epilogue.
 */
import type {Multiplier} from '@tfjs-approx/lut-builder';
import type {ContractionLayout, Group, LinearForm, ViewLayout} from '../../contraction/layout.js';
import type {Epilogue} from '../../contraction/contraction.js';
import {isPlainNative} from '../evaluation.js';
import {emitRoundOperand, emitScaleAndIndex, encodingKey} from './operand-wgsl.js';
import {columnsOf, rowsOf, type Tile} from './tiles.js';
import {GROUPS_OF, viewsOf, type Parameters, type ViewName} from './parameters.js';
import {sum, WgslBuilder} from './wgsl.js';

export const BINDING = {output: 0, first: 1, second: 2, parameters: 3, lut: 4, bias: 5} as const;
/** Workgroup size of the block-sum shader. */
export const BLOCK_SUM_THREADS = 64;

/**
 * Tensors whose buffers hold int32: tfjs's cast from int32 or bool to float32 only relabels them.
 */
export interface IntegerStorage {
  readonly first: boolean;
  readonly second: boolean;
  readonly bias: boolean;
}

export interface ShaderSpec {
  readonly layout: ContractionLayout;
  readonly parameters: Parameters;
  readonly multiplier: Multiplier;
  readonly activation: Epilogue['activation'];
  readonly tile: Tile;
  readonly integers: IntegerStorage;
}

/** Whether a panel is loaded with neighbouring threads along k or along the operand's outer index. */
type LoadOrder = 'k' | 'outer';

/** Everything a shader's text depends on, so that two texts can never share a pipeline. */
export function shaderKey(spec: ShaderSpec): string {
  const {layout, parameters, multiplier, activation, tile, integers} = spec;
  return [
    parameters.names.join(),
    layout.plan.blocks > 1,
    loadOrder(layout.first),
    loadOrder(layout.second),
    encodingKey(multiplier),
    activation,
    Object.values(tile).join(),
    integers.first,
    integers.second,
    integers.bias,
  ].join('|');
}

/** Neighbouring threads should read neighbouring addresses. */
function loadOrder(view: ViewLayout): LoadOrder {
  return view.address.coefficients.k.at(-1) === 1 ? 'k' : 'outer';
}

export function contractionShader(spec: ShaderSpec): string {
  const {layout, parameters, multiplier, activation, tile, integers} = spec;
  const usesTable = !isPlainNative(multiplier);
  const isSplit = layout.plan.blocks > 1;
  const threads = tile.threadsN * tile.threadsM;
  const rows = rowsOf(tile);
  const columns = columnsOf(tile);
  const wgsl = new WgslBuilder();

  // Bits, not floats: a float test for NaN may be optimised away.
  const bits = (isInteger: boolean) => (isInteger ? 'i32' : 'u32');
  emitBindings(wgsl, parameters, {
    first: bits(integers.first),
    second: bits(integers.second),
    ...(usesTable ? {lut: 'f32'} : {}),
    ...(isSplit ? {} : biasType(spec)),
  });
  emitForms(wgsl, layout, isSplit ? ['first', 'second'] : ['first', 'second', 'output', 'bias']);
  if (!isSplit) emitActivation(wgsl, activation);
  emitRoundOperand(wgsl, multiplier);
  if (usesTable) emitScaleAndIndex(wgsl, multiplier.format.fractionBits);
  for (const [name, extent] of [
    ['first', rows],
    ['second', columns],
  ] as const) {
    wgsl.emit(`var<workgroup> ${name}Value: array<f32, ${extent * tile.depth}>;`);
    if (usesTable) wgsl.emit(`var<workgroup> ${name}Index: array<u32, ${extent * tile.depth}>;`);
  }

  wgsl.emit(`@compute @workgroup_size(${threads})`);
  wgsl.emit('fn main(@builtin(workgroup_id) workgroup: vec3<u32>,');
  wgsl.emit('        @builtin(num_workgroups) workgroups: vec3<u32>,');
  wgsl.block('        @builtin(local_invocation_index) thread: u32)', () => {
    wgsl.emit(
      `let tilesN = (p.nSize + ${columns - 1}) / ${columns};`,
      `let tilesM = (p.mSize + ${rows - 1}) / ${rows};`,
      'var id = i32(workgroup.x + workgroup.y * workgroups.x);',
      'if (id >= tilesN * tilesM * p.blocks * p.bSize) { return; }',
      `let nStart = (id % tilesN) * ${columns};`,
      'id = id / tilesN;',
      `let mStart = (id % tilesM) * ${rows};`,
      'id = id / tilesM;',
      'let block = id % p.blocks;',
      'let b = id / p.blocks;',
      'let kBegin = block * p.blockSize;',
      'let kEnd = min(p.kSize, kBegin + p.blockSize);',
      `let threadN = i32(thread) % ${tile.threadsN};`,
      `let threadM = i32(thread) / ${tile.threadsN};`,
    );
    wgsl.unroll(tile.rowsPerThread, i =>
      wgsl.unroll(tile.columnsPerThread, j => wgsl.emit(`var sum_${i}_${j} = 0.0;`)),
    );
    wgsl.block(`for (var k0 = kBegin; k0 < kEnd; k0 += ${tile.depth})`, () => {
      wgsl.emit(`let kCount = min(${tile.depth}, kEnd - k0);`);
      emitPanelLoad(wgsl, spec, 'first', 'm', rows);
      emitPanelLoad(wgsl, spec, 'second', 'n', columns);
      wgsl.emit('workgroupBarrier();');
      emitProducts(wgsl, tile, usesTable);
      wgsl.emit('workgroupBarrier();');
    });
    emitStores(wgsl, spec, isSplit ? null : activation);
  });
  return wgsl.toString();
}

function emitBindings(
  wgsl: WgslBuilder,
  parameters: Parameters,
  types: {first: string; second?: string; lut?: string; bias?: string},
): void {
  wgsl.block('struct Parameters', () => {
    for (const name of parameters.names) wgsl.emit(`${name}: i32,`);
  });
  const storage = (name: keyof typeof BINDING, access: string, type: string) =>
    wgsl.emit(`@group(0) @binding(${BINDING[name]}) var<storage, ${access}> ${name}: ${type};`);
  storage('output', 'read_write', 'array<f32>');
  wgsl.emit(`@group(0) @binding(${BINDING.parameters}) var<uniform> p: Parameters;`);
  for (const name of ['first', 'second', 'lut', 'bias'] as const) {
    if (types[name]) storage(name, 'read', `array<${types[name]}>`);
  }
}

function biasType({layout, integers}: ShaderSpec): {bias?: string} {
  if (!layout.bias) return {};
  return {bias: integers.bias ? 'i32' : 'f32'};
}

/** Names of a view's linear forms: its address and its guards. */
function formsOf(name: ViewName, view: ViewLayout): Array<[prefix: string, form: LinearForm]> {
  return [[name, view.address], ...view.guards.map((guard, g) => guardOf(name, guard, g))];
}

function guardOf(name: ViewName, guard: LinearForm, g: number): [string, LinearForm] {
  return [`${name}Guard${g}`, guard];
}

const isConstant = (form: LinearForm, group: Group) =>
  form.coefficients[group].every(coefficient => coefficient === 0);

/**
 * Emits `fn <form>_<group>(index: i32) -> i32` for every part of the views' linear forms that is
 * not zero: the linear index of a group is split over the group's axes, last axis fastest.
 */
function emitForms(wgsl: WgslBuilder, layout: ContractionLayout, names: readonly ViewName[]): void {
  for (const [name, view] of viewsOf(layout)) {
    if (!names.includes(name)) continue;
    for (const [prefix, form] of formsOf(name, view)) {
      for (const group of GROUPS_OF[name]) {
        if (isConstant(form, group)) continue;
        wgsl.block(`fn ${prefix}_${group}(index: i32) -> i32`, () => {
          const terms = emitSplit(wgsl, group, layout.axes[group]).map((coordinate, i) =>
            form.coefficients[group][i] === 0 ? '0' : `p.${prefix}_${group}${i} * (${coordinate})`,
          );
          wgsl.emit(`return ${sum(...terms)};`);
        });
      }
    }
  }
}

/** The coordinates of `index` along each axis, as expressions. */
function emitSplit(wgsl: WgslBuilder, group: Group, axes: readonly number[]): string[] {
  const coordinates: string[] = [];
  let rest = 'index';
  for (let i = axes.length - 1; i > 0; i--) {
    coordinates.unshift(`${rest} % p.${group}Axis${i}`);
    wgsl.emit(`let rest${i} = ${rest} / p.${group}Axis${i};`);
    rest = `rest${i}`;
  }
  return [rest, ...coordinates];
}

/** A linear form at the given group indices, for example `p.first_offset + first_m(m) + first_k(k)`. */
function valueOf(
  [prefix, form]: [string, LinearForm],
  indices: Partial<Record<Group, string>>,
): string {
  const parts = (Object.entries(indices) as Array<[Group, string]>).map(([group, index]) =>
    isConstant(form, group) ? '0' : `${prefix}_${group}(${index})`,
  );
  return sum(`p.${prefix}_offset`, ...parts);
}

/** Loads and decodes one panel, [depth, extent], of an operand. */
function emitPanelLoad(
  wgsl: WgslBuilder,
  {layout, multiplier, tile, integers}: ShaderSpec,
  name: 'first' | 'second',
  outer: 'm' | 'n',
  extent: number,
): void {
  const view = layout[name];
  const threads = tile.threadsN * tile.threadsM;
  const elements = extent * tile.depth;
  const order = loadOrder(view);
  const usesTable = !isPlainNative(multiplier);
  const decode = (target: string, bits: string) => {
    wgsl.emit(`let bits = roundOperand(${bits});`);
    wgsl.emit(`${name}Value[${target}] = ${usesTable ? 'scaleOf(bits)' : 'bitcast<f32>(bits)'};`);
    if (!usesTable) return;
    // The first operand's index is kept as a row offset.
    const index =
      name === 'first' ? `indexOf(bits) << ${multiplier.format.fractionBits}u` : 'indexOf(bits)';
    wgsl.emit(`${name}Index[${target}] = ${index};`);
  };
  wgsl.block(`for (var e = i32(thread); e < ${elements}; e += ${threads})`, () => {
    wgsl.emit(
      order === 'k'
        ? `let kk = e % ${tile.depth}; let x = e / ${tile.depth};`
        : `let x = e % ${extent}; let kk = e / ${extent};`,
      `let ${outer} = ${outer}Start + x;`,
      'let k = k0 + kk;',
      'var raw = 0u;',
    );
    wgsl.block(`if (${outer} < p.${outer}Size && k < kEnd)`, () => {
      const indices = {b: 'b', [outer]: outer, k: 'k'};
      const conditions = view.guards.map((guard, g) => {
        wgsl.emit(`let guard${g} = ${valueOf(guardOf(name, guard, g), indices)};`);
        return `guard${g} >= 0 && guard${g} < p.${name}Guard${g}_limit`;
      });
      const element = `${name}[${valueOf([name, view.address], indices)}]`;
      const read = integers[name] ? `raw = bitcast<u32>(f32(${element}));` : `raw = ${element};`;
      if (conditions.length === 0) wgsl.emit(read);
      else wgsl.block(`if (${conditions.join(' && ')})`, () => wgsl.emit(read));
    });
    decode(`kk * ${extent} + x`, 'raw');
  });
}

/** Adds the products of one panel pair in ascending k. */
function emitProducts(wgsl: WgslBuilder, tile: Tile, usesTable: boolean): void {
  const {rowsPerThread, columnsPerThread, threadsM, threadsN} = tile;
  wgsl.block('for (var kk = 0; kk < kCount; kk += 1)', () => {
    wgsl.unroll(rowsPerThread, i => {
      const at = `kk * ${rowsOf(tile)} + threadM + ${i * threadsM}`;
      wgsl.emit(`let a_${i} = firstValue[${at}];`);
      if (usesTable) wgsl.emit(`let row_${i} = firstIndex[${at}];`);
    });
    wgsl.unroll(columnsPerThread, j => {
      const at = `kk * ${columnsOf(tile)} + threadN + ${j * threadsN}`;
      wgsl.emit(`let b_${j} = secondValue[${at}];`);
      if (usesTable) wgsl.emit(`let column_${j} = secondIndex[${at}];`);
    });
    wgsl.unroll(rowsPerThread, i =>
      wgsl.unroll(columnsPerThread, j => {
        const product = usesTable
          ? `(a_${i} * b_${j}) * lut[row_${i} + column_${j}]`
          : `a_${i} * b_${j}`;
        wgsl.emit(`sum_${i}_${j} = sum_${i}_${j} + ${product};`);
      }),
    );
  });
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
      wgsl.emit(`let ${name}N${j} = ${isConstant(form, 'n') ? '0' : `${name}_n(n${j})`};`);
    }
  });
  wgsl.unroll(rowsPerThread, i => {
    wgsl.emit(`let m${i} = mStart + threadM + ${i * threadsM};`);
    wgsl.block(`if (m${i} < p.mSize)`, () => {
      if (activation) {
        for (const [name, form] of parts) {
          const row = isConstant(form, 'm') ? '0' : `${name}_m(m${i})`;
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
function epilogueViews(layout: ContractionLayout): Array<['output' | 'bias', LinearForm]> {
  const output: ['output', LinearForm] = ['output', layout.output.address];
  return layout.bias ? [output, ['bias', layout.bias.address]] : [output];
}

/** `output[...] = activation(total + bias[...]);` */
function storeOf(
  layout: ContractionLayout,
  activation: Epilogue['activation'],
  total: string,
  element: (name: 'output' | 'bias') => string,
): string {
  const sumAndBias = layout.bias ? `${total} + f32(bias[${element('bias')}])` : total;
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
  const {layout, parameters, activation} = spec;
  const wgsl = new WgslBuilder();
  emitBindings(wgsl, parameters, {first: 'f32', ...biasType(spec)});
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
      wgsl.emit('total = total + first[block * count + id];');
    });
    const indices = {
      b: 'id / (p.nSize * p.mSize)',
      m: '(id / p.nSize) % p.mSize',
      n: 'id % p.nSize',
    };
    const element = (name: 'output' | 'bias') => valueOf([name, layout[name]!.address], indices);
    wgsl.emit(storeOf(layout, activation, 'total', element));
  });
  return wgsl.toString();
}
