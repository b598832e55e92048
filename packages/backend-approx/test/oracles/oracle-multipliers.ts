// SPDX-License-Identifier: Apache-2.0
/** The multipliers that the op tests run with: shipped ones by name, and random asymmetric tables. */
import type {MantissaLut} from '@tfjs-approx/arithmetic';
import {type OracleProduct, oracleProduct, tableProduct} from './oracle-product.js';
import {randomTable} from '#src/testing/random-tables.js';

export interface TestMultiplier {
  readonly name: string;
  /** What `setMultiplier` is given. */
  readonly setting: string | MantissaLut;
  readonly product: OracleProduct;
}

const cache = new Map<string, TestMultiplier>();

/** A shipped multiplier by its name, or a random table by its. */
export function testMultiplier(name: string): TestMultiplier {
  let multiplier = cache.get(name);
  if (!multiplier) {
    const lut = randomTable(name);
    if (lut) {
      multiplier = {name, setting: lut, product: tableProduct(lut)};
    } else {
      multiplier = {name, setting: name, product: oracleProduct(name)};
    }
    cache.set(name, multiplier);
  }
  return multiplier;
}
