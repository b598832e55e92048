// SPDX-License-Identifier: Apache-2.0
/** What a report of several multipliers says, as plain data; pages and pictures are made of it. */
import {createHash} from 'node:crypto';
import {type Area, type CellCounts, areaOf} from '../analysis/area.js';
import {circuitFactsOf} from '../analysis/circuit-facts.js';
import {type ErrorMetrics, errorMetrics} from '../analysis/error-metrics.js';
import {fractionWeights} from '../analysis/fraction-weights.js';
import {
  type FloatFormat,
  type MantissaLut,
  type Multiplier,
  type OperandRounding,
  RECORDED_PASSES,
  type RecordedOperands,
  type RecordedProducts,
  encodeLut,
  provenLut,
} from '@tfjs-approx/arithmetic';
import {
  type ErrorGrid,
  type HistogramBin,
  type ProductBin,
  binWidth,
  errorGrid,
  errorHistogram,
  errorsByProduct,
  relativeErrors,
} from './error-shape.js';
import {packageVersion} from '../package-version.js';
import {robustEnd} from './robust-scale.js';
import {type RecordedMetrics, recordedMetrics} from './recorded-operands.js';

export interface ReportedMultiplier {
  /** Unique within the report. */
  readonly label: string;
  /** The name or file that was given. */
  readonly source: string;
  readonly description: string;
  readonly provenance: string;
  /** Of the table as a .safetensors file: what `build` prints of it. */
  readonly sha256: string;
  readonly mantissaBits: number;
  readonly format: FloatFormat;
  readonly rounding: OperandRounding;
  /** Gates by kind of cell, of a multiplier that was made from a netlist. */
  readonly cells?: CellCounts;
  readonly area?: Area;
  /** Bits of the operands of that circuit, where they are more than m + 1. */
  readonly circuitBits?: number;
  /** Every fraction alike. */
  readonly uniform: ErrorMetrics;
  /** Operands of a normal distribution with mean 0. */
  readonly normal: ErrorMetrics;
  readonly recorded?: RecordedMetrics;
  readonly byProduct: readonly ProductBin[];
  readonly histogram: readonly HistogramBin[];
  readonly grid: ErrorGrid;
}

export interface ErrorReport {
  readonly title: string;
  /** Of this package. */
  readonly version: string;
  readonly multipliers: readonly ReportedMultiplier[];
  readonly operands?: RecordedOperands;
}

export interface ReportSource {
  readonly source: string;
  readonly multiplier: Multiplier;
}

/**
 * @param sources At least one.
 * @throws {MultiplierError} for `fp32`, which has no table, and for a multiplier with more fraction
 *     bits than operands were recorded with.
 */
export function createReport(
  sources: readonly ReportSource[],
  recorded?: RecordedOperands,
): ErrorReport {
  const operands = recorded && {...recorded, products: byLayer(recorded.products)};
  const measured = sources.map(({source, multiplier}) => ({
    source,
    multiplier,
    uniform: errorMetrics(multiplier),
  }));
  // One width for all, so that the heights of their histograms can be compared.
  const end = robustEnd(measured.map(({uniform}) => uniform.worstCase));
  const width = binWidth(
    Math.max(-end, Math.min(...measured.map(({uniform}) => uniform.min))),
    Math.min(end, Math.max(...measured.map(({uniform}) => uniform.max))),
  );
  const isUnique = (name: string) =>
    sources.filter(({multiplier}) => multiplier.name === name).length === 1;
  const multipliers = measured.map(({source, multiplier, uniform}): ReportedMultiplier => {
    const lut = provenLut(multiplier);
    const {name, description, format, rounding} = multiplier;
    const weights = fractionWeights('normal', multiplier);
    const errors = relativeErrors(lut);
    return {
      label: isUnique(name) ? name : source,
      source,
      description,
      provenance: lut.provenance,
      sha256: createHash('sha256').update(encodeLut(lut)).digest('hex'),
      mantissaBits: lut.mantissaBits,
      format,
      rounding,
      ...circuitOf(lut),
      uniform,
      normal: errorMetrics(multiplier, {weights: {first: weights, second: weights}}),
      ...(operands ? {recorded: recordedMetrics(multiplier, operands)} : {}),
      byProduct: errorsByProduct(errors),
      histogram: errorHistogram(errors, width, end),
      grid: errorGrid(errors),
    };
  });
  const title = titleOf(multipliers);
  return {title, version: packageVersion(), multipliers, ...(operands ? {operands} : {})};
}

function circuitOf(lut: MantissaLut): Pick<ReportedMultiplier, 'cells' | 'area' | 'circuitBits'> {
  const circuit = circuitFactsOf(lut);
  if (!circuit) return {};
  const {cells, bits} = circuit;
  return {cells, area: areaOf(cells), ...(bits === undefined ? {} : {circuitBits: bits})};
}

/** A layer's passes together: a run meets the gradients of the last layer first. */
function byLayer(products: readonly RecordedProducts[]): RecordedProducts[] {
  const layers = [...new Set(products.map(({layer}) => layer))];
  return layers.flatMap(layer =>
    products
      .filter(product => product.layer === layer)
      .sort((a, b) => RECORDED_PASSES.indexOf(a.pass) - RECORDED_PASSES.indexOf(b.pass)),
  );
}

/** So many letters of a title are one line of a page. */
const TITLE_LENGTH = 64;

/** Names the multipliers where they are few and their names short. */
function titleOf(multipliers: readonly ReportedMultiplier[]): string {
  const names = `Errors of ${listed(multipliers.map(({label}) => label))}`;
  const isShort = multipliers.length <= 3 && names.length <= TITLE_LENGTH;
  return isShort || multipliers.length === 1
    ? names
    : `Errors of ${multipliers.length} multipliers`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(labels: readonly string[]): string {
  return labels.join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** The report without what only pictures are made of. */
export function reportJson({title, version, multipliers, operands}: ErrorReport): unknown {
  return {
    title,
    version,
    multipliers: multipliers.map(({grid: _, ...rest}) => rest),
    // In the order of each multiplier's recorded.products.
    ...(operands
      ? {products: operands.products.map(({layer, pass, macs}) => ({layer, pass, macs}))}
      : {}),
  };
}
