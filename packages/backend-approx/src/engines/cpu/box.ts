// SPDX-License-Identifier: Apache-2.0
/**
 * Boxes: the part of an operand that contractions read, with the zeros around it that they read too.
 *
 * An operand must be copied into WebAssembly's memory anyway. Copied with its surroundings, it can be
 * gathered without looking whether a position lies inside.
 */
import type {Contraction, View} from '../../contraction/contraction.js';

/** Per dimension of a tensor: the coordinates from `start` to `start + size - 1`. */
export interface Box {
  readonly start: readonly number[];
  readonly size: readonly number[];
  /** The tensor's own shape, and the limits below which its coordinates count as inside. */
  readonly shape: readonly number[];
  readonly extent: readonly number[];
}

/** The smallest box that holds every coordinate of these views of one tensor. */
export function boxOf(
  contractions: readonly Contraction[],
  viewOf: (contraction: Contraction) => View,
): Box {
  const {shape, extent = shape} = viewOf(contractions[0]);
  const start = shape.map(() => Infinity);
  const end = shape.map(() => -Infinity);
  for (const contraction of contractions) {
    const sizes = axisSizes(contraction);
    // Without any k nothing is read.
    if ([...sizes.values()].includes(0)) continue;
    viewOf(contraction).index.forEach(({offset, terms}, d) => {
      let lowest = offset;
      let highest = offset;
      for (const {axis, coefficient} of terms) {
        const reach = coefficient * (sizes.get(axis)! - 1);
        if (reach > 0) highest += reach;
        else lowest += reach;
      }
      start[d] = Math.min(start[d], lowest);
      end[d] = Math.max(end[d], highest);
    });
  }
  if (start.includes(Infinity))
    return {start: shape.map(() => 0), size: shape.map(() => 0), shape, extent};
  return {start, size: end.map((last, d) => last - start[d] + 1), shape, extent};
}

function axisSizes({b, m, n, k}: Contraction): Map<string, number> {
  return new Map([b, m, n, k].flat().map(({name, size}) => [name, size]));
}

/** The same positions as coordinates of the box. */
export function viewInBox(view: View, {start, size}: Box): View {
  const index = view.index.map(({offset, terms}, d) => ({offset: offset - start[d], terms}));
  return {shape: size, index};
}

export function sizeOfBox({size}: Box): number {
  return size.reduce((product, s) => product * s, 1);
}

/** Copies the box of `tensor` into `target`, with +0 for what lies outside. */
export function copyBox(
  tensor: Float32Array,
  {start, size, shape, extent}: Box,
  target: Float32Array,
): void {
  // Dimensions from `inner` on are copied as they are, so in one piece.
  let inner = shape.length;
  let run = 1;
  const isWhole = (d: number) => start[d] === 0 && size[d] === shape[d] && extent[d] === shape[d];
  while (inner > 0 && isWhole(inner - 1)) run *= shape[--inner];
  if (inner === 0) {
    target.set(tensor);
    return;
  }
  if (size.some((s, d) => start[d] < 0 || start[d] + s > extent[d])) target.fill(0);
  const copy = (d: number, from: number, to: number): void => {
    const first = Math.max(0, start[d]);
    const count = Math.min(extent[d], start[d] + size[d]) - first;
    if (count <= 0) return;
    from = from * shape[d] + first;
    to = to * size[d] + first - start[d];
    if (d === inner - 1) {
      target.set(tensor.subarray(from * run, (from + count) * run), to * run);
      return;
    }
    for (let i = 0; i < count; i++) copy(d + 1, from + i, to + i);
  };
  copy(0, 0, 0);
}
