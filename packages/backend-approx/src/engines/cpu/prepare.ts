// SPDX-License-Identifier: Apache-2.0
/**
 * What a set of contractions needs that does not depend on values: boxes of the operands and address
 * tables. Kept per set, as kernels pass the same objects at every call.
 */
import type {Contraction} from '../../contraction/contraction.js';
import {layoutOf, type ContractionLayout} from '../../contraction/layout.js';
import {addressesOf, type Addresses} from './addresses.js';
import {boxOf, viewInBox, type Box} from './box.js';

export interface Prepared {
  readonly firstBox: Box;
  readonly secondBox: Box;
  readonly parts: readonly Part[];
}

/** One contraction. */
export interface Part {
  readonly layout: ContractionLayout;
  readonly activation: Contraction['epilogue']['activation'];
  /** The longer of m and n runs along vectors. */
  readonly lanesAreFirst: boolean;
  readonly first: Addresses;
  readonly second: Addresses;
  readonly output: Addresses;
  readonly bias: Addresses | null;
}

const prepared = new WeakMap<readonly Contraction[], Prepared>();

export function prepare(contractions: readonly Contraction[]): Prepared {
  let result = prepared.get(contractions);
  if (!result) {
    const firstBox = boxOf(contractions, contraction => contraction.first);
    const secondBox = boxOf(contractions, contraction => contraction.second);
    const parts = contractions.map(contraction => partOf(contraction, firstBox, secondBox));
    prepared.set(contractions, (result = {firstBox, secondBox, parts}));
  }
  return result;
}

function partOf(contraction: Contraction, firstBox: Box, secondBox: Box): Part {
  const layout = layoutOf({
    ...contraction,
    first: viewInBox(contraction.first, firstBox),
    second: viewInBox(contraction.second, secondBox),
  });
  return {
    layout,
    activation: contraction.epilogue.activation,
    lanesAreFirst: layout.size.m > layout.size.n,
    first: addressesOf(layout, layout.first),
    second: addressesOf(layout, layout.second),
    output: addressesOf(layout, layout.output),
    bias: layout.bias ? addressesOf(layout, layout.bias) : null,
  };
}
