// SPDX-License-Identifier: Apache-2.0
/**
 * What all convolutions share, in any number of spatial dimensions: the geometry, the views of
 * activation, filter and output, and the split of a strided input gradient by stride phase.
 */
import {at, type Axis, type Contraction, type IndexExpression} from '../contraction/contraction.js';

/** One spatial dimension of a convolution. */
export interface SpatialDimension {
  /** 'Y', 'X' or 'Z' (depth); axis names are built from it. */
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  /** Rows of zeros before the first input row; may be negative. */
  readonly padding: number;
}

export interface ConvolutionGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly spatial: readonly SpatialDimension[];
  readonly channelsLast: boolean;
}

export const inputAxis = (d: SpatialDimension): Axis => ({name: `in${d.name}`, size: d.input});
export const outputAxis = (d: SpatialDimension): Axis => ({name: `out${d.name}`, size: d.output});
export const filterAxis = (d: SpatialDimension): Axis => ({name: `f${d.name}`, size: d.filter});

/** Where the forward op reads its input: outY * stride - padding + fY * dilation. */
export function tapIndex(d: SpatialDimension): IndexExpression {
  return at(-d.padding, `out${d.name}`, d.stride, `f${d.name}`, d.dilation);
}

/** A feature map's view: batch, spatial and channel index in the tensor's own order. */
export function featureMap(
  geometry: ConvolutionGeometry,
  side: 'input' | 'output',
  spatialIndex: readonly IndexExpression[],
  channelIndex: IndexExpression,
) {
  const channels = side === 'input' ? geometry.inChannels : geometry.outChannels;
  const sizes = geometry.spatial.map(d => d[side]);
  const batchIndex = at(0, 'batch', 1);
  return geometry.channelsLast
    ? {
        shape: [geometry.batch, ...sizes, channels],
        index: [batchIndex, ...spatialIndex, channelIndex],
      }
    : {
        shape: [geometry.batch, channels, ...sizes],
        index: [batchIndex, channelIndex, ...spatialIndex],
      };
}

/** Output positions x filter taps, over all batches; times channels it gives the nominal MACs. */
export function positionsTimesTaps({batch, spatial}: ConvolutionGeometry): number {
  return spatial.reduce((product, d) => product * d.output * d.filter, batch);
}

/** One stride phase of one dimension: input positions phase, phase + stride, ... */
export interface StridePhase {
  /** Index of the positions of this phase and its axis. */
  readonly position: IndexExpression;
  readonly positionAxis: Axis;
  /** Index into the filter of the taps that reach this phase, ascending, and its axis. */
  readonly tap: IndexExpression;
  readonly tapAxis: Axis;
  /** Where those taps read dy. */
  readonly source: IndexExpression;
}

/**
 * Input row y gets a product from tap f exactly when (y + padding - f * dilation) is a multiple of
 * the stride. For y = stride * q + phase the taps that fit are f = f0 + t * step, and they read
 * dy at q + (phase + padding - f0 * dilation) / stride - t * step * dilation / stride: affine, so
 * no product with a zero inserted by the stride is ever formed.
 */
export function stridePhases(d: SpatialDimension): StridePhase[] {
  const {name, stride, dilation, padding, filter} = d;
  const step = stride / greatestCommonDivisor(stride, dilation);
  const phases: StridePhase[] = [];
  for (let phase = 0; phase < Math.min(stride, d.input); phase++) {
    const fits = (f: number) => (phase + padding - f * dilation) % stride === 0;
    let f0 = 0;
    while (f0 < step && !fits(f0)) f0++;
    const taps = f0 < step && f0 < filter ? Math.ceil((filter - f0) / step) : 0;
    const start = taps > 0 ? (phase + padding - f0 * dilation) / stride : 0;
    phases.push({
      position: at(phase, `in${name}`, stride),
      positionAxis: {name: `in${name}`, size: Math.ceil((d.input - phase) / stride)},
      tap: at(taps > 0 ? f0 : 0, `f${name}`, step),
      tapAxis: {name: `f${name}`, size: taps},
      source: at(start, `in${name}`, 1, `f${name}`, (-step * dilation) / stride),
    });
  }
  return phases;
}

/** All combinations of the phases of all dimensions, each turned into a contraction. */
export function forEachPhase(
  geometry: ConvolutionGeometry,
  toContraction: (phases: readonly StridePhase[]) => Contraction,
): Contraction[] {
  let combinations: StridePhase[][] = [[]];
  for (const d of geometry.spatial) {
    const phases = stridePhases(d);
    combinations = combinations.flatMap(head => phases.map(phase => [...head, phase]));
  }
  return combinations.map(toContraction);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
