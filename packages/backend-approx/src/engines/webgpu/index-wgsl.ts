// SPDX-License-Identifier: Apache-2.0
/** The linear forms of a contraction's views in WGSL: element addresses and guards. */
import type {ContractionLayout, Group, LinearForm, ViewLayout} from '../../contraction/layout.js';
import {GROUPS_OF, viewsOf, type ViewName} from './parameters.js';
import {sum, type WgslBuilder} from './wgsl.js';

/** A form and the prefix of its functions and parameters. */
export type NamedForm = readonly [prefix: string, form: LinearForm];

export function guardsOf(name: ViewName, view: ViewLayout): NamedForm[] {
  return view.guards.map((guard, g): NamedForm => [`${name}Guard${g}`, guard]);
}

const isConstant = (form: LinearForm, group: Group) =>
  form.coefficients[group].every(coefficient => coefficient === 0);

/**
 * Emits `fn <form>_<group>(index: i32) -> i32` for every part of the views' linear forms that is
 * not zero: the linear index of a group is split over the group's axes, last axis fastest.
 */
export function emitForms(
  wgsl: WgslBuilder,
  layout: ContractionLayout,
  names: readonly ViewName[],
): void {
  for (const [name, view] of viewsOf(layout)) {
    if (!names.includes(name)) continue;
    const forms: NamedForm[] = [[name, view.address], ...guardsOf(name, view)];
    for (const [prefix, form] of forms) {
      for (const group of GROUPS_OF[name]) {
        if (isConstant(form, group)) continue;
        wgsl.block(`fn ${prefix}_${group}(index: i32) -> i32`, () => {
          if (isEven(form, layout.axes[group], group)) {
            const last = layout.axes[group].length - 1;
            wgsl.emit(`return p.${prefix}_${group}${last} * index;`);
            return;
          }
          const coordinates = emitSplit(wgsl, group, layout.axes[group]);
          wgsl.emit(`return ${partOf([prefix, form], group, coordinates)};`);
        });
      }
    }
  }
}

/** Whether a form steps evenly over a whole group, so that its linear index need not be split. */
function isEven(form: LinearForm, axes: readonly number[], group: Group): boolean {
  const coefficients = form.coefficients[group];
  return axes.every((size, i) => i === 0 || coefficients[i - 1] === coefficients[i] * size);
}

/** What the text of `emitForms` depends on beside the names of the parameters. */
export function formStructure(layout: ContractionLayout): string {
  const even: string[] = [];
  for (const [name, view] of viewsOf(layout)) {
    for (const [prefix, form] of [[name, view.address] as NamedForm, ...guardsOf(name, view)]) {
      for (const group of GROUPS_OF[name]) {
        if (isEven(form, layout.axes[group], group)) even.push(`${prefix}_${group}`);
      }
    }
  }
  return even.join();
}

/** The coordinates of `index` along each axis of a group, as expressions. */
function emitSplit(wgsl: WgslBuilder, group: Group, axes: readonly number[]): string[] {
  const coordinates: string[] = [];
  let rest = 'index';
  for (let i = axes.length - 1; i > 0; i--) {
    const size = `p.${group}Axis${i}`;
    wgsl.emit(`let rest${i} = quotient(${rest}, ${size});`);
    coordinates.unshift(`${rest} - rest${i} * ${size}`);
    rest = `rest${i}`;
  }
  return [rest, ...coordinates];
}

/** Up to here a float32 quotient is off by less than one, whatever WGSL lets a division be off. */
export const LARGEST_FLOAT_DIVIDEND = 2 ** 21;

/**
 * Emits `fn quotient(a: i32, b: i32) -> i32`, a >= 0, b > 0.
 *
 * @param isSmall whether all dividends are at most LARGEST_FLOAT_DIVIDEND. Software adapters divide
 *   integers lane by lane, and where k is short this took most of the time.
 */
export function emitQuotient(wgsl: WgslBuilder, isSmall: boolean): void {
  wgsl.block('fn quotient(a: i32, b: i32) -> i32', () => {
    if (!isSmall) {
      wgsl.emit('return a / b;');
      return;
    }
    wgsl.emit(
      'let q = i32(f32(a) / f32(b));',
      'let rest = a - q * b;',
      'return q + select(0, 1, rest >= b) - select(0, 1, rest < 0);',
    );
  });
}

/** The part of a form that depends on a group, given the coordinates along the group's axes. */
export function partOf(
  [prefix, form]: NamedForm,
  group: Group,
  coordinates: readonly string[],
): string {
  return sum(
    ...form.coefficients[group].map((coefficient, i) =>
      coefficient === 0 ? '0' : `p.${prefix}_${group}${i} * (${coordinates[i]})`,
    ),
  );
}

/** A form at the given group indices, for example `p.first_offset + first_m(m) + first_k(k)`. */
export function valueOf(form: NamedForm, indices: Partial<Record<Group, string>>): string {
  const parts = (Object.entries(indices) as Array<[Group, string]>).map(([group, index]) =>
    groupPart(form, group, index),
  );
  return sum(`p.${form[0]}_offset`, ...parts);
}

/** The part of a form that depends on a group's linear index; `0` when none does. */
export function groupPart([prefix, form]: NamedForm, group: Group, index: string): string {
  return isConstant(form, group) ? '0' : `${prefix}_${group}(${index})`;
}
