// SPDX-License-Identifier: Apache-2.0
/**
 * The sums of a tile whose operands stay in registers: each thread goes through k by itself and
 * loads and decodes its own rows and columns, without workgroup memory and barriers. In `subgroup`
 * tiles the lanes, which must be neighbours (lanes.ts), share the index of one side; each loads one
 * of that side's elements, and the others read it by a broadcast.
 */
import type {ContractionLayout} from '../../contraction/layout.js';
import {guardsOf, partOf, valueOf, type NamedForm} from './index-wgsl.js';
import type {ShaderSpec} from './shader-spec.js';
import type {Tile} from './tiles.js';
import type {WgslBuilder} from './wgsl.js';

/** One operand as a thread sees it. */
interface Side {
  readonly name: 'first' | 'second';
  readonly outer: 'm' | 'n';
  /** Elements that take part in the thread's products at one k. */
  readonly elements: number;
  readonly threads: number;
  /** In subgroup tiles the side whose elements all lanes share. */
  readonly isShared: boolean;
}

function sidesOf(tile: Tile): readonly [Side, Side] {
  const lanesAlongN = tile.threadsN > 1;
  const isShared = (alongN: boolean) => tile.operands === 'subgroup' && lanesAlongN === alongN;
  const {rowsPerThread, columnsPerThread, threadsM, threadsN} = tile;
  return [
    {
      name: 'first',
      outer: 'm',
      elements: rowsPerThread,
      threads: threadsM,
      isShared: isShared(true),
    },
    {
      name: 'second',
      outer: 'n',
      elements: columnsPerThread,
      threads: threadsN,
      isShared: isShared(false),
    },
  ];
}

/** Loads of a side at one k. */
const loadsOf = ({elements, isShared}: Side, {lanes = 1}: Tile) =>
  isShared ? Math.ceil(elements / lanes) : elements;

/** Emits the loop over `kBegin..kEnd` that adds to `sum_<row>_<column>`. */
export function emitRegisterSums(wgsl: WgslBuilder, spec: ShaderSpec): void {
  const {layout, tile, unit} = spec;
  const sides = sidesOf(tile);
  for (const side of sides) emitBases(wgsl, layout, tile, side);
  const coordinates = emitCoordinates(wgsl, layout);
  wgsl.block('for (var k = kBegin; k < kEnd; k += 1)', () => {
    for (const side of sides) emitLoads(wgsl, spec, side, coordinates);
    for (const side of sides) emitElements(wgsl, tile, side, unit.codes);
    wgsl.unroll(tile.rowsPerThread, i =>
      wgsl.unroll(tile.columnsPerThread, j => {
        const operands = [`firstValue_${i}`, `secondValue_${j}`];
        if (unit.codes) operands.push(`firstCode_${i}`, `secondCode_${j}`);
        unit.emitAdd(wgsl, `sum_${i}_${j}`, `product(${operands.join(', ')})`);
      }),
    );
    emitAdvance(wgsl, coordinates);
  });
}

/**
 * The parts of addresses and guards that do not depend on k. Indices past the end are moved to the
 * last element: what comes of them is not stored.
 */
function emitBases(wgsl: WgslBuilder, layout: ContractionLayout, tile: Tile, side: Side): void {
  const {name, outer, elements, threads} = side;
  const thread = `thread${outer.toUpperCase()}`;
  const {lanes = 1} = tile;
  wgsl.unroll(loadsOf(side, tile), i => {
    const element = side.isShared
      ? `(i32(lane) % ${Math.min(lanes, elements)} + ${i * lanes}) * ${threads}`
      : `${i * threads}`;
    wgsl.emit(
      `let ${name}At${i} = min(${outer}Start + ${thread} + ${element}, p.${outer}Size - 1);`,
    );
    for (const form of formsOf(layout, name)) {
      const indices = {b: 'b', [outer]: `${name}At${i}`};
      wgsl.emit(`let ${form[0]}Base${i} = ${valueOf(form, indices)};`);
    }
  });
}

/** The address and the guards of an operand. */
function formsOf(layout: ContractionLayout, name: 'first' | 'second'): NamedForm[] {
  return [[name, layout[name].address], ...guardsOf(name, layout[name])];
}

/** Names of the coordinates along k's axes; they are counted, as divisions in the loop cost more. */
function emitCoordinates(wgsl: WgslBuilder, {axes, plan}: ContractionLayout): string[] {
  if (axes.k.length < 2) return ['k'];
  const names = axes.k.map((_, i) => `k_${i}`);
  if (plan.blocks === 1) {
    for (const name of names) wgsl.emit(`var ${name} = 0;`);
    return names;
  }
  wgsl.emit('var rest = kBegin;');
  for (let i = names.length - 1; i > 0; i--) {
    const size = `p.kAxis${i}`;
    wgsl.emit(
      `let above${i} = quotient(rest, ${size});`,
      `var ${names[i]} = rest - above${i} * ${size};`,
      `rest = above${i};`,
    );
  }
  wgsl.emit(`var ${names[0]} = rest;`);
  return names;
}

function emitAdvance(wgsl: WgslBuilder, names: readonly string[]): void {
  if (names.length < 2) return;
  const last = names.length - 1;
  wgsl.emit(`${names[last]} += 1;`);
  for (let i = last; i > 0; i--) {
    wgsl.emit(
      `let wraps${i} = ${names[i]} == p.kAxis${i};`,
      `${names[i]} = select(${names[i]}, 0, wraps${i});`,
      `${names[i - 1]} += select(0, 1, wraps${i});`,
    );
  }
}

function emitLoads(
  wgsl: WgslBuilder,
  {layout, tile, unit}: ShaderSpec,
  side: Side,
  coordinates: readonly string[],
): void {
  const {name} = side;
  const [address, ...guards] = formsOf(layout, name);
  const along = (form: NamedForm) => partOf(form, 'k', coordinates);
  for (const form of [address, ...guards]) wgsl.emit(`let ${form[0]}Along = ${along(form)};`);
  wgsl.unroll(loadsOf(side, tile), i => {
    const bits = `${name}[${name}Base${i} + ${name}Along]`;
    // An address outside its view is an address of something else, or robustly of nothing.
    const inside = guards.map(
      ([prefix]) => `(u32(${prefix}Base${i} + ${prefix}Along) < u32(p.${prefix}_limit))`,
    );
    // & rather than &&, which would branch.
    const raw = inside.length > 0 ? `select(0u, ${bits}, ${inside.join(' & ')})` : bits;
    wgsl.emit(
      `let ${name}Bits${i} = roundOperand(${raw});`,
      `let ${name}Loaded${i} = ${name}Value(${name}Bits${i});`,
    );
    if (unit.codes) {
      wgsl.emit(`let ${name}LoadedCode${i} = ${name}Code(${name}Bits${i});`);
    }
  });
}

/** Names every element of the side: what was loaded, or what the lane that loaded it broadcasts. */
function emitElements(wgsl: WgslBuilder, {lanes = 1}: Tile, side: Side, codes: boolean): void {
  const {name, elements, isShared} = side;
  const value = (loaded: string, i: number) =>
    isShared
      ? `subgroupBroadcast(${loaded}${Math.floor(i / lanes)}, ${i % lanes}u)`
      : `${loaded}${i}`;
  wgsl.unroll(elements, i => {
    wgsl.emit(`let ${name}Value_${i} = ${value(`${name}Loaded`, i)};`);
    if (codes) wgsl.emit(`let ${name}Code_${i} = ${value(`${name}LoadedCode`, i)};`);
  });
}
