// SPDX-License-Identifier: Apache-2.0
/** A multiplier from a mantissa LUT, such as one that was read from a file. */
import type {Multiplier} from '../multipliers/multiplier.js';
import {checkLut} from './check-lut.js';
import type {MantissaLut} from './lut.js';

const multipliers = new WeakMap<MantissaLut, Multiplier>();

/**
 * The multiplier a table describes. The same table gives the same multiplier each time, so that
 * what engines cache by multiplier is found again.
 *
 * @throws {LutFormatError} if the table is not consistent.
 */
export function lutMultiplier(lut: MantissaLut): Multiplier {
  let multiplier = multipliers.get(lut);
  if (multiplier === undefined) {
    checkLut(lut);
    multiplier = Object.freeze({
      name: lut.name,
      description: lut.provenance || `Mantissa LUT "${lut.name}"`,
      format: lut.format,
      rounding: lut.rounding,
      evaluation: 'lut',
      exact: false,
      lut: () => lut,
    });
    multipliers.set(lut, multiplier);
  }
  return multiplier;
}
