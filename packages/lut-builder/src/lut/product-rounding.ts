// SPDX-License-Identifier: Apache-2.0
/** Rounding significand products to the grid of a table, where a model asks for it. */
import {MultiplierError} from '../errors.js';
import {roundInteger} from '../float.js';
import {MAX_FRACTION_BITS} from './pack.js';

/**
 * To the nearest multiple of 2^-productBits, ties to even; nothing is rounded unless it is given.
 *
 * @throws {MultiplierError} if there is no such grid.
 */
export function productRounding(op: string, productBits?: number): (product: number) => number {
  if (productBits === undefined) return product => product;
  if (!Number.isInteger(productBits) || productBits < 0 || productBits > MAX_FRACTION_BITS) {
    throw new MultiplierError(op, {
      found: `productBits = ${productBits}`,
      expected: `an integer in 0..${MAX_FRACTION_BITS}`,
      remedy: 'Products are rounded to multiples of 2^-productBits.',
    });
  }
  const scale = 2 ** productBits;
  return product => roundInteger(product * scale, 'nearestEven') / scale;
}

/** For the provenance of a table. */
export function productRoundingText(productBits: number): string {
  return `products rounded to the nearest multiple of 2^-${productBits}`;
}
