// SPDX-License-Identifier: Apache-2.0
/**
 * What a set of contractions needs that does not depend on values: boxes of the operands and address
 * tables. Kept per set and accumulator, as kernels pass the same objects at every call.
 */
import type {Accumulator} from '@tfjs-approx/arithmetic';
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

const prepared = new WeakMap<readonly Contraction[], WeakMap<Accumulator, Prepared>>();

/** @param accumulator plans the sums. */
export function prepare(contractions: readonly Contraction[], accumulator: Accumulator): Prepared {
  let ofSet = prepared.get(contractions);
  if (!ofSet) prepared.set(contractions, (ofSet = new WeakMap()));
  let result = ofSet.get(accumulator);
  if (!result) {
    const firstBox = boxOf(contractions, contraction => contraction.first);
    const secondBox = boxOf(contractions, contraction => contraction.second);
    const parts = contractions.map(contraction =>
      partOf(contraction, firstBox, secondBox, accumulator),
    );
    ofSet.set(accumulator, (result = {firstBox, secondBox, parts}));
  }
  return result;
}

function partOf(
  contraction: Contraction,
  firstBox: Box,
  secondBox: Box,
  accumulator: Accumulator,
): Part {
  const first = viewInBox(contraction.first, firstBox);
  const second = viewInBox(contraction.second, secondBox);
  const layout = layoutOf({...contraction, first, second}, accumulator);
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
