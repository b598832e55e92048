// SPDX-License-Identifier: Apache-2.0
/** The policy: which MAC unit forms the products and sums of which pass. */
import {env} from '@tensorflow/tfjs-core';
import {
  type MacUnit,
  type MantissaLut,
  type Multiplier,
  resolveMacUnit,
} from '@tfjs-approx/arithmetic';
import {ConfigurationError} from '../errors.js';
import {PASSES, type Pass} from './pass.js';
import {session} from '../session.js';

/** A name (`mbm7`, or `<multiplier>+<accumulator>`), a multiplier, a mantissa LUT, or a MAC unit. */
export type MultiplierLike = string | Multiplier | MantissaLut | MacUnit;
/** One multiplier for all passes, or one per pass; a pass that is left out keeps its multiplier. */
export type MultiplierSpec = MultiplierLike | Partial<Record<Pass, MultiplierLike>>;

type Assignment = Readonly<Record<Pass, MacUnit>>;

/**
 * Chooses the multiplier of all passes, or of each pass. Takes effect on the next product.
 *
 * @throws {MultiplierError} an unknown multiplier name; the message lists the known ones.
 * @throws {ConfigurationError} an unknown pass. Nothing is changed when an error is thrown.
 */
export function setMultiplier(spec: MultiplierSpec): void {
  const passes = resolvePasses(spec);
  // All three are given where one multiplier is, so the flag is not asked then.
  session.assignment = isComplete(passes) ? passes : {...currentAssignment(), ...passes};
}

function isComplete(passes: Partial<Assignment>): passes is Assignment {
  return PASSES.every(pass => pass in passes);
}

/** The units a spec names, by pass; passes that it leaves out are left out. */
export function resolvePasses(spec: MultiplierSpec): Partial<Record<Pass, MacUnit>> {
  if (!isPerPass(spec)) {
    const unit = resolveMacUnit(spec);
    return {forward: unit, inputGradient: unit, weightGradient: unit};
  }
  const passes: Partial<Record<Pass, MacUnit>> = {};
  for (const [pass, multiplier] of Object.entries(spec)) {
    if (!(PASSES as readonly string[]).includes(pass)) {
      throw new ConfigurationError(
        `Unknown pass '${pass}'. Expected ${PASSES.join(', ')}, or one multiplier for all of them.`,
      );
    }
    passes[pass as Pass] = resolveMacUnit(multiplier);
  }
  return passes;
}

function isPerPass(spec: MultiplierSpec): spec is Partial<Record<Pass, MultiplierLike>> {
  // A multiplier, a LUT and a unit have a name; a per-pass object has only passes.
  return typeof spec === 'object' && spec !== null && !('name' in spec);
}

function currentAssignment(): Assignment {
  if (!session.assignment) setMultiplier(env().getString('APPROX_MULTIPLIER'));
  return session.assignment!;
}

/** The unit in force for a pass, where no layer has its own. */
export function unitFor(pass: Pass): MacUnit {
  return currentAssignment()[pass];
}

/** The units in force, by pass; that of a multiplier has its name. */
export function getMultipliers(): Readonly<Record<Pass, MacUnit>> {
  return {...currentAssignment()};
}
