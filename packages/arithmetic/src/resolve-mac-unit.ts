// SPDX-License-Identifier: Apache-2.0
/** From whatever names or holds a multiplier or a unit to the unit. */
import {accumulator} from './accumulators/by-name.js';
import {MultiplierError} from './errors.js';
import {isMacUnit, macUnit, type MacUnit, unitOf} from './mac-unit.js';
import type {Multiplier} from './multipliers/multiplier.js';
import {getMultiplier, resolveMultiplier} from './registry.js';
import type {MantissaLut} from './tables/lut.js';

/**
 * The unit of a name, of a multiplier or a table, or the unit itself. Equal arguments give the same
 * object.
 *
 * @param unit A name is `<multiplier>[+<accumulator>]`: `mbm7`, `drum6-7:nearestEven`, `mbm7+fp32`.
 * @throws {MultiplierError} for an unknown name, a multiplier that breaks its contract, a unit that
 *     `macUnit` did not make, or another kind of value.
 * @throws {LutFormatError} for a table that is not consistent.
 */
export function resolveMacUnit(unit: string | Multiplier | MantissaLut | MacUnit): MacUnit {
  if (typeof unit === 'string') {
    const [multiplier, ...added] = unit.split('+');
    if (added.length === 0) return unitOf(getMultiplier(unit));
    return macUnit({
      multiplier: getMultiplier(multiplier),
      accumulator: accumulator(added.join('+')),
    });
  }
  if (isMacUnit(unit)) return unit;
  if (typeof unit === 'object' && unit !== null && 'accumulator' in unit) {
    throw new MultiplierError('resolveMacUnit', {
      found: `a unit "${String(unit.name)}" that was put together by hand`,
      expected: 'one that macUnit() made, which checks its parts',
    });
  }
  return unitOf(resolveMultiplier(unit));
}
