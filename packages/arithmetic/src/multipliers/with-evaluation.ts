// SPDX-License-Identifier: Apache-2.0
/** The same multiplier, computed another way: `mbm7:lut` is mbm7 from its table. */
import {MultiplierError} from '../errors.js';
import type {EvaluationForm, Multiplier} from './multiplier.js';
import {variantOf} from './variant.js';

export const EVALUATION_FORMS: readonly EvaluationForm[] = ['native', 'logAdd', 'lut'];

/**
 * The variant of a multiplier that engines evaluate in the given form, and so not a single product of
 * which differs. Its name is `<name>:<form>`, or `<name>` where that has the form already.
 *
 * @throws {MultiplierError} for a form that the multiplier does not have.
 */
export function withEvaluation(multiplier: Multiplier, evaluation: EvaluationForm): Multiplier {
  if (evaluation === multiplier.evaluation) return multiplier;
  const possible = [multiplier.closedForm?.kind, multiplier.exact ? undefined : 'lut'];
  if (!possible.includes(evaluation)) {
    throw new MultiplierError(`evaluation form of "${multiplier.name}"`, {
      found: `"${evaluation}"`,
      expected: possible.filter(form => form !== undefined).join(' or '),
    });
  }
  return variantOf(multiplier, {evaluation});
}
