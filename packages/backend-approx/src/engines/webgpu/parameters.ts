// SPDX-License-Identifier: Apache-2.0
/**
 * Shader parameters: numbers that differ between contractions of one structure. The names decide
 * the shader text and its cache key, the values go to a uniform buffer, and both come from one
 * list, so that they cannot drift apart.
 */
import type {ContractionLayout, Group, LinearForm, ViewLayout} from '../../contraction/layout.js';

export class Parameters {
  readonly #names: string[] = [];
  readonly #values: number[] = [];

  add(name: string, value: number): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  /** The members of the WGSL struct, in the order of `values()`. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Padded to 16 bytes, the size granule of uniform buffers. */
  values(): Int32Array {
    const words = new Int32Array(Math.ceil(this.#values.length / 4) * 4);
    words.set(this.#values);
    return words;
  }
}

export type ViewName = 'first' | 'second' | 'output' | 'bias';

/** The groups each view depends on: outer is m for the first operand, n for the second. */
export const GROUPS_OF: Readonly<Record<ViewName, readonly Group[]>> = {
  first: ['b', 'm', 'k'],
  second: ['b', 'n', 'k'],
  output: ['b', 'm', 'n'],
  bias: ['b', 'm', 'n'],
};

export function viewsOf(layout: ContractionLayout): Array<[ViewName, ViewLayout]> {
  const views: Array<[ViewName, ViewLayout]> = [
    ['first', layout.first],
    ['second', layout.second],
    ['output', layout.output],
  ];
  if (layout.bias) views.push(['bias', layout.bias]);
  return views;
}

/** All numbers of a contraction that its shaders read. */
export function parametersOf(layout: ContractionLayout): Parameters {
  const parameters = new Parameters();
  for (const group of ['b', 'm', 'n', 'k'] as const) {
    parameters.add(`${group}Size`, layout.size[group]);
    layout.axes[group].forEach((size, i) => parameters.add(`${group}Axis${i}`, size));
  }
  parameters.add('blocks', layout.plan.blocks);
  parameters.add('blockSize', layout.plan.blockSize);
  for (const [name, view] of viewsOf(layout)) {
    addForm(parameters, name, view.address, GROUPS_OF[name]);
    view.guards.forEach((guard, g) => {
      addForm(parameters, `${name}Guard${g}`, guard, GROUPS_OF[name]);
      parameters.add(`${name}Guard${g}_limit`, guard.limit);
    });
  }
  return parameters;
}

/** Zero coefficients are left out: they are part of the structure. */
function addForm(
  parameters: Parameters,
  prefix: string,
  form: LinearForm,
  groups: readonly Group[],
): void {
  parameters.add(`${prefix}_offset`, form.offset);
  for (const group of groups) {
    form.coefficients[group].forEach((coefficient, i) => {
      if (coefficient !== 0) parameters.add(`${prefix}_${group}${i}`, coefficient);
    });
  }
}
