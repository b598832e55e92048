// SPDX-License-Identifier: Apache-2.0
/** Variants: one multiplier, with other rounding of operands or in another evaluation form. */
import type {MantissaLut} from '../tables/lut.js';
import type {OperandRounding} from '../formats/float-format.js';
import type {EvaluationForm, Multiplier} from './multiplier.js';

interface Variation {
  readonly rounding?: OperandRounding;
  readonly evaluation?: EvaluationForm;
}

const bases = new WeakMap<Multiplier, Multiplier>();
const variants = new WeakMap<Multiplier, Map<string, Multiplier>>();

/**
 * The variant of a multiplier, or of the multiplier of which it is a variant: changes do not pile up,
 * and what is changed back is the plain multiplier. The name says how it differs from that one,
 * `<name>:<rounding>:<form>`, and asking again gives the same object.
 */
export function variantOf(multiplier: Multiplier, variation: Variation): Multiplier {
  const base = bases.get(multiplier) ?? multiplier;
  const {rounding = multiplier.rounding, evaluation = multiplier.evaluation} = variation;
  const isRounded = rounding !== base.rounding;
  const isEvaluated = evaluation !== base.evaluation;
  if (!isRounded && !isEvaluated) return base;
  const suffixes = (isRounded ? `:${rounding}` : '') + (isEvaluated ? `:${evaluation}` : '');
  const name = base.name + suffixes;
  let known = variants.get(base);
  if (!known) variants.set(base, (known = new Map()));
  let variant = known.get(suffixes);
  if (!variant) {
    const {description, format, closedForm, exact} = base;
    variant = Object.freeze<Multiplier>({
      name,
      description,
      format,
      rounding,
      evaluation,
      closedForm,
      exact,
      // The table depends on the rounding alone.
      lut: isEvaluated
        ? () => variantOf(base, {rounding, evaluation: base.evaluation}).lut()
        : roundedTable(base, name, rounding),
    });
    bases.set(variant, base);
    known.set(suffixes, variant);
  }
  return variant;
}

function roundedTable(base: Multiplier, name: string, rounding: OperandRounding) {
  let table: MantissaLut | undefined;
  return () => (table ??= Object.freeze({...base.lut(), name, rounding}));
}
