// SPDX-License-Identifier: Apache-2.0
/**
 * The sums of a tile whose operands wait in workgroup memory: all threads load and decode a panel
 * of each operand, `depth` k at a time, then each forms the products of its rows and columns.
 */
import type {ContractionLayout, ViewLayout} from '../../contraction/layout.js';
import {groupPart, guardsOf, valueOf, type NamedForm} from './index-wgsl.js';
import type {ShaderSpec} from './shader-spec.js';
import {columnsOf, rowsOf, threadsOf, type Tile} from './tiles.js';
import {sum, type WgslBuilder} from './wgsl.js';

/** A panel: [depth, extent] of an operand. */
interface Panel {
  readonly name: 'first' | 'second';
  readonly outer: 'm' | 'n';
  readonly extent: number;
}

function panelsOf(tile: Tile): readonly [Panel, Panel] {
  return [
    {name: 'first', outer: 'm', extent: rowsOf(tile)},
    {name: 'second', outer: 'n', extent: columnsOf(tile)},
  ];
}

/** Whether a panel is loaded with neighbouring threads along k or along the operand's outer index. */
type LoadOrder = 'k' | 'outer';

/** Neighbouring threads should read neighbouring addresses. */
export function loadOrder(view: ViewLayout): LoadOrder {
  return view.address.coefficients.k.at(-1) === 1 ? 'k' : 'outer';
}

/** Bytes of workgroup memory. */
export function panelBytes(tile: Tile, codes: boolean): number {
  return (rowsOf(tile) + columnsOf(tile)) * tile.depth * (codes ? 8 : 4);
}

export function emitPanels(wgsl: WgslBuilder, {tile, unit}: ShaderSpec): void {
  for (const {name, extent} of panelsOf(tile)) {
    const size = extent * tile.depth;
    wgsl.emit(`var<workgroup> ${name}Values: array<f32, ${size}>;`);
    if (unit.codes) wgsl.emit(`var<workgroup> ${name}Codes: array<u32, ${size}>;`);
  }
}

/** Emits the loop over `kBegin..kEnd` that adds to `sum_<row>_<column>`. */
export function emitPanelSums(wgsl: WgslBuilder, spec: ShaderSpec): void {
  const {tile} = spec;
  for (const panel of panelsOf(tile)) emitBases(wgsl, spec, panel);
  wgsl.block(`for (var k0 = kBegin; k0 < kEnd; k0 += ${tile.depth})`, () => {
    wgsl.emit(`let kCount = min(${tile.depth}, kEnd - k0);`);
    for (const panel of panelsOf(tile)) emitLoads(wgsl, spec, panel);
    wgsl.emit('workgroupBarrier();');
    emitProducts(wgsl, spec);
    wgsl.emit('workgroupBarrier();');
  });
}

/** How the elements of a panel are dealt out to the threads. */
function dealing({layout, tile}: ShaderSpec, {name, extent}: Panel) {
  const threads = threadsOf(tile);
  const elements = extent * tile.depth;
  const order = loadOrder(layout[name]);
  // Along the faster index all of a thread's loads agree, if rows of threads fill rows of the panel.
  const aligned = threads % (order === 'k' ? tile.depth : extent) === 0;
  return {
    threads,
    elements,
    order,
    loads: Math.ceil(elements / threads),
    outerOf: (load: number) => (order === 'outer' && aligned ? 0 : load),
    depthOf: (load: number) => (order === 'k' && aligned ? 0 : load),
  };
}

/**
 * What does not depend on k: places in the panel, and parts of addresses and guards. Indices past
 * the end are moved to the last element: what comes of them is not stored.
 */
function emitBases(wgsl: WgslBuilder, spec: ShaderSpec, panel: Panel): void {
  const {name, outer, extent} = panel;
  const {layout, tile} = spec;
  const {threads, order, loads, outerOf, depthOf} = dealing(spec, panel);
  wgsl.unroll(loads, q => {
    const element = sum('i32(thread)', `${q * threads}`);
    const [fast, slow] = order === 'k' ? [tile.depth, tile.depth] : [extent, extent];
    const along = order === 'k' ? `(${element}) / ${slow}` : `(${element}) % ${fast}`;
    const deep = order === 'k' ? `(${element}) % ${fast}` : `(${element}) / ${slow}`;
    if (depthOf(q) === q) wgsl.emit(`let ${name}Depth${q} = ${deep};`);
    if (outerOf(q) !== q) return;
    wgsl.emit(
      `let ${name}Outer${q} = ${along};`,
      `let ${name}At${q} = min(${outer}Start + ${name}Outer${q}, p.${outer}Size - 1);`,
    );
    for (const form of formsOf(layout, name)) {
      const indices = {b: 'b', [outer]: `${name}At${q}`};
      wgsl.emit(`let ${form[0]}Base${q} = ${valueOf(form, indices)};`);
    }
  });
}

/** The address and the guards of an operand. */
function formsOf(layout: ContractionLayout, name: 'first' | 'second'): NamedForm[] {
  return [[name, layout[name].address], ...guardsOf(name, layout[name])];
}

/** Elements past kEnd are loaded from anywhere: no product reads them. */
function emitLoads(wgsl: WgslBuilder, spec: ShaderSpec, panel: Panel): void {
  const {name, extent} = panel;
  const {layout, unit} = spec;
  const {threads, elements, loads, outerOf, depthOf} = dealing(spec, panel);
  const [address, ...guards] = formsOf(layout, name);
  const along = ([prefix]: NamedForm, q: number) => `${prefix}Along${depthOf(q)}`;
  wgsl.unroll(loads, q => {
    if (depthOf(q) !== q) return;
    wgsl.emit(`let ${name}K${q} = k0 + ${name}Depth${q};`);
    for (const form of [address, ...guards]) {
      wgsl.emit(`let ${along(form, q)} = ${groupPart(form, 'k', `${name}K${q}`)};`);
    }
  });
  wgsl.unroll(loads, q => {
    const at = (form: NamedForm) => `${form[0]}Base${outerOf(q)} + ${along(form, q)}`;
    const bits = `${name}[${at(address)}]`;
    const inside = guards.map(form => `(u32(${at(form)}) < u32(p.${form[0]}_limit))`);
    // & rather than &&, which would branch.
    const raw = inside.length > 0 ? `select(0u, ${bits}, ${inside.join(' & ')})` : bits;
    const store = () => {
      const place = `${name}Depth${depthOf(q)} * ${extent} + ${name}Outer${outerOf(q)}`;
      wgsl.emit(
        `let ${name}Bits${q} = roundOperand(${raw});`,
        `${name}Values[${place}] = ${name}Value(${name}Bits${q});`,
      );
      if (unit.codes) {
        wgsl.emit(`${name}Codes[${place}] = ${name}Code(${name}Bits${q});`);
      }
    };
    if ((q + 1) * threads <= elements) store();
    else wgsl.block(`if (i32(thread) < ${elements - q * threads})`, store);
  });
}

/** Adds the products of one panel pair in ascending k. */
function emitProducts(wgsl: WgslBuilder, {tile, unit}: ShaderSpec): void {
  const {rowsPerThread, columnsPerThread, threadsM, threadsN} = tile;
  wgsl.block('for (var kk = 0; kk < kCount; kk += 1)', () => {
    wgsl.unroll(rowsPerThread, i => {
      const at = `kk * ${rowsOf(tile)} + threadM + ${i * threadsM}`;
      wgsl.emit(`let a_${i} = firstValues[${at}];`);
      if (unit.codes) wgsl.emit(`let x_${i} = firstCodes[${at}];`);
    });
    wgsl.unroll(columnsPerThread, j => {
      const at = `kk * ${columnsOf(tile)} + threadN + ${j * threadsN}`;
      wgsl.emit(`let b_${j} = secondValues[${at}];`);
      if (unit.codes) wgsl.emit(`let y_${j} = secondCodes[${at}];`);
    });
    wgsl.unroll(rowsPerThread, i =>
      wgsl.unroll(columnsPerThread, j => {
        const operands = unit.codes ? `a_${i}, b_${j}, x_${i}, y_${j}` : `a_${i}, b_${j}`;
        unit.emitAdd(wgsl, `sum_${i}_${j}`, `product(${operands})`);
      }),
    );
  });
}
