// SPDX-License-Identifier: Apache-2.0
/** Judging tables: error metrics, area, operands of real runs. */
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
  type RecordedMetrics,
  recordedMetrics,
  recordedWeights,
} from './report/recorded-operands.js';
export {parseRecordedOperands} from './report/parse-recorded-operands.js';
