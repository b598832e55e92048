// SPDX-License-Identifier: Apache-2.0
/** Rounding significand products to the grid of a table, where a model asks for it. */
import {roundInteger} from '../formats/float.js';

/** To the nearest multiple of 2^-productBits, ties to even; nothing is rounded unless it is given. */
export function productRounding(productBits?: number): (product: number) => number {
  if (productBits === undefined) return product => product;
  const scale = 2 ** productBits;
  return product => roundInteger(product * scale, 'nearestEven') / scale;
}

/** For the provenance of a table. */
export function productRoundingText(productBits: number): string {
  return `products rounded to the nearest multiple of 2^-${productBits}`;
}
