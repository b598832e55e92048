// SPDX-License-Identifier: Apache-2.0
/** Formats, approximate multipliers and their mantissa look-up tables. No dependency; Node and browsers. */
export {
  type CounterExample,
  type ErrorFacts,
  LutFormatError,
  MultiplierError,
  RepresentabilityError,
} from './errors.js';
export {
  BF16,
  E4M3,
  E5M2,
  FLOAT32,
  FP16,
  TF32,
  bitsToFloat,
  floatToBits,
  fullRangeFormat,
  hasFloat32Range,
  largestFinite,
  roundOperand,
} from './formats/float.js';
export type {Accumulator, AdditionKind, SummationPlan} from './accumulators/accumulator.js';
export {accumulator} from './accumulators/by-name.js';
export {fp32Accumulator} from './accumulators/fp32.js';
export * from './mac-unit.js';
export type * from './formats/float-format.js';
export type * from './multipliers/multiplier.js';
export {checkMultiplier, provenLut} from './multipliers/check-multiplier.js';
export {
  type ClosedForm,
  type LogAddForm,
  type NativeForm,
  closedFormProduct,
  proveClosedForm,
} from './multipliers/closed-form.js';
export {type FamilyInfo, listFamilies} from './multipliers/families.js';
export {type FunctionalModel, functionalModel, multiply} from './multipliers/functional-model.js';
export {type TabulatedOptions, tabulatedMultiplier} from './multipliers/tabulated.js';
export {withEvaluation} from './multipliers/with-evaluation.js';
export {withRounding} from './multipliers/with-rounding.js';
export {
  type OperandHistogram,
  RECORDED_OPERANDS_KIND,
  RECORDED_PASSES,
  type RecordedOperands,
  type RecordedPass,
  type RecordedProducts,
} from './recorded-operands.js';
export * from './registry.js';
export {resolveMacUnit} from './resolve-mac-unit.js';
export {
  type ApproxTrainLayout,
  type ApproxTrainOptions,
  approxTrainLayoutFor,
  decodeApproxTrain,
  encodeApproxTrain,
  mantissaBitsInName,
} from './tables/approxtrain.js';
export {buildLut} from './tables/build.js';
export {checkLut} from './tables/check-lut.js';
export {
  type LutOptions,
  MAX_MANTISSA_BITS,
  type SignificandProduct,
  lutFromSignificandProduct,
} from './tables/from-product.js';
export * from './tables/lut.js';
export {lutMultiplier} from './tables/lut-multiplier.js';
export {decodeLut, encodeLut} from './tables/safetensors.js';
