// SPDX-License-Identifier: Apache-2.0
/** Models and mantissa look-up tables of approximate floating-point multipliers. */
export type * from './multiplier.js';
export {
  type ClosedForm,
  type LogAddForm,
  type NativeForm,
  closedFormProduct,
  proveClosedForm,
} from './closed-form.js';
export {checkMultiplier, provenLut} from './contract.js';
export * from './errors.js';
export {withEvaluation} from './evaluation.js';
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
} from './float.js';
export {type FamilyInfo, listFamilies} from './families.js';
export {type FunctionalModel, functionalModel, multiply} from './functional-model.js';
export * from './lut/lut.js';
export {type Area, type CellCounts, areaOf} from './analysis/area.js';
export {
  type ErrorMetrics,
  type ErrorMetricsOptions,
  type OperandWeights,
  errorMetrics,
} from './analysis/error-metrics.js';
export {
  OPERAND_DISTRIBUTIONS,
  type OperandDistribution,
  fractionWeights,
} from './analysis/fraction-weights.js';
export {
  type ApproxTrainLayout,
  type ApproxTrainOptions,
  decodeApproxTrain,
  encodeApproxTrain,
} from './lut/approxtrain.js';
export {buildLut} from './lut/build.js';
export {checkLut} from './lut/check.js';
export {
  type LutOptions,
  MAX_MANTISSA_BITS,
  type SignificandProduct,
  lutFromSignificandProduct,
} from './lut/from-product.js';
export {lutMultiplier} from './lut/multiplier.js';
export {decodeLut, encodeLut} from './lut/safetensors.js';
export {type TabulatedOptions, tabulatedMultiplier} from './models/tabulated.js';
export * from './registry.js';
export {
  type OperandHistogram,
  RECORDED_OPERANDS_KIND,
  type RecordedMetrics,
  type RecordedOperands,
  type RecordedProducts,
  recordedMetrics,
  recordedWeights,
} from './report/recorded-operands.js';
export {parseRecordedOperands} from './report/parse-recorded-operands.js';
export {withRounding} from './rounding.js';
