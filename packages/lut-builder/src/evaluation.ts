// SPDX-License-Identifier: Apache-2.0
/** The same multiplier, computed another way: `mbm7:lut` is mbm7 from its table. */
import {MultiplierError} from './errors.js';
import type {EvaluationForm, Multiplier} from './multiplier.js';

const others = new WeakMap<Multiplier, Map<EvaluationForm, Multiplier>>();

/**
 * A multiplier that differs from the given one only in how engines evaluate it, so not in a single
 * product. Its name is `<name>:<form>`, and asking again gives the same object.
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
  let forms = others.get(multiplier);
  if (!forms) others.set(multiplier, (forms = new Map()));
  let other = forms.get(evaluation);
  if (!other) {
    const {name, description, format, rounding, closedForm, exact} = multiplier;
    other = Object.freeze({
      name: `${name}:${evaluation}`,
      description,
      format,
      rounding,
      evaluation,
      closedForm,
      exact,
      lut: () => multiplier.lut(),
    });
    forms.set(evaluation, other);
  }
  return other;
}
