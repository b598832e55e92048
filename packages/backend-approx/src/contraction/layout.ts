// SPDX-License-Identifier: Apache-2.0
/**
 * The address arithmetic of a contraction, in the simplest equivalent form for an engine:
 * flat element offsets that are sums of one part per axis, plus guards for the dimensions that can
 * be read outside the tensor. Axes of size 1 vanish and neighbours that step evenly are merged, so
 * a 1x1 convolution becomes a plain matrix product.
 */
import type {Accumulator, SummationPlan} from '@tfjs-approx/arithmetic';
import {sizeOf, type Axis, type Contraction, type View} from './contraction.js';

export type Group = 'b' | 'm' | 'n' | 'k';

/** A linear form over the axes of the groups: `offset + sum of coefficients * axis value`. */
export interface LinearForm {
  readonly offset: number;
  /** One coefficient per axis of each group, in the order of `ContractionLayout.axes`. */
  readonly coefficients: Readonly<Record<Group, readonly number[]>>;
}

export interface ViewLayout {
  /** Number of elements of the tensor. */
  readonly size: number;
  /** Flat element offset. */
  readonly address: LinearForm;
  /** Coordinates that may leave 0..limit-1; outside, the element reads as +0. */
  readonly guards: ReadonlyArray<LinearForm & {readonly limit: number}>;
}

export interface ContractionLayout {
  /** Axis sizes per group after merging. */
  readonly axes: Readonly<Record<Group, readonly number[]>>;
  /** Product of each group's axis sizes. */
  readonly size: Readonly<Record<Group, number>>;
  readonly plan: SummationPlan;
  readonly first: ViewLayout;
  readonly second: ViewLayout;
  readonly output: ViewLayout;
  readonly bias?: ViewLayout;
}

const GROUPS: readonly Group[] = ['b', 'm', 'n', 'k'];

interface MutableForm {
  offset: number;
  limit?: number;
  coefficients: Record<Group, number[]>;
}

/** @param accumulator of the unit that executes the contraction: it owns the plan of its sums. */
export function layoutOf(contraction: Contraction, accumulator: Accumulator): ContractionLayout {
  const axes = {} as Record<Group, Axis[]>;
  for (const group of GROUPS) axes[group] = contraction[group].filter(axis => axis.size !== 1);
  const sizes = {} as Record<Group, number[]>;
  for (const group of GROUPS) sizes[group] = axes[group].map(axis => axis.size);

  const views = [contraction.first, contraction.second, contraction.output];
  if (contraction.epilogue.bias) views.push(contraction.epilogue.bias);
  const forms = views.map(view => formsOf(view, axes));
  mergeAxes(
    sizes,
    forms.flatMap(form => [form.address, ...form.guards]),
  );

  const [first, second, output, bias] = forms as ViewLayout[];
  const size = {} as Record<Group, number>;
  for (const group of GROUPS) size[group] = sizeOf(contraction[group]);
  const plan = accumulator.plan(size.b * size.m * size.n, size.k);
  return {axes: sizes, size, plan, first, second, output, bias};
}

function formsOf(view: View, axes: Record<Group, Axis[]>) {
  const address = emptyForm(axes);
  const guards: MutableForm[] = [];
  let stride = 1;
  for (let d = view.shape.length - 1; d >= 0; d--) {
    const coordinate = emptyForm(axes);
    coordinate.offset = view.index[d].offset;
    let lowest = coordinate.offset;
    let highest = coordinate.offset;
    for (const {axis, coefficient} of view.index[d].terms) {
      for (const group of GROUPS) {
        const position = axes[group].findIndex(candidate => candidate.name === axis);
        if (position < 0) continue;
        coordinate.coefficients[group][position] += coefficient;
        const reach = coefficient * (axes[group][position].size - 1);
        if (reach > 0) highest += reach;
        else lowest += reach;
      }
    }
    addScaled(address, coordinate, stride);
    const limit = (view.extent ?? view.shape)[d];
    if (lowest < 0 || highest >= limit) guards.push({...coordinate, limit});
    stride *= view.shape[d];
  }
  return {size: stride, address, guards};
}

function emptyForm(axes: Record<Group, Axis[]>): MutableForm {
  const zeros = (group: Group) => new Array<number>(axes[group].length).fill(0);
  return {
    offset: 0,
    coefficients: {b: zeros('b'), m: zeros('m'), n: zeros('n'), k: zeros('k')},
  };
}

function addScaled(target: MutableForm, source: MutableForm, factor: number): void {
  target.offset += factor * source.offset;
  for (const group of GROUPS) {
    source.coefficients[group].forEach((c, i) => (target.coefficients[group][i] += factor * c));
  }
}

/** Merges an axis with its faster neighbour where every form steps evenly across both. */
function mergeAxes(sizes: Record<Group, number[]>, forms: MutableForm[]): void {
  for (const group of GROUPS) {
    for (let i = sizes[group].length - 2; i >= 0; i--) {
      const inner = sizes[group][i + 1];
      const even = forms.every(form => {
        const coefficients = form.coefficients[group];
        return coefficients[i] === coefficients[i + 1] * inner;
      });
      if (!even) continue;
      sizes[group].splice(i, 2, sizes[group][i] * inner);
      for (const form of forms) form.coefficients[group].splice(i, 1);
    }
  }
}
