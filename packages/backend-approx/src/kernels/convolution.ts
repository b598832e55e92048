// SPDX-License-Identifier: Apache-2.0
/**
 * Convolutions in any number of spatial dimensions: forward reads x at outY * s - pad + fY * d,
 * the weight gradient sums over (batch, outY, outX), and the input gradient is split by stride
 * phase. Conv2D, Conv3D and depthwise convolutions differ only in their geometry.
 */
import {util} from '@tensorflow/tfjs-core';
import {
  at,
  sizeOf,
  type Axis,
  type Contraction,
  type Epilogue,
  type IndexExpression,
  type View,
} from '../contraction/contraction.js';
import {broadcastView, NO_EPILOGUE, type Lowering} from './lowering.js';

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
  readonly channels: Channels;
}

/** Which channels meet: the filter's last two dimensions. */
export interface Channels {
  /** Input channels that every output channel has its own products with: none, or inC. */
  readonly shared: readonly Axis[];
  /** Input channels that are summed over in the forward pass: inC, or none. */
  readonly inner: readonly Axis[];
  /** Output channels, or those of one input channel. */
  readonly outer: Axis;
  /** Channel index of the output feature map. */
  readonly output: IndexExpression;
}

/** Every input channel meets every output channel: filter [..., inC, outC]. */
export function fullChannels(inChannels: number, outChannels: number): Channels {
  return {
    shared: [],
    inner: [{name: 'inC', size: inChannels}],
    outer: {name: 'outC', size: outChannels},
    output: at(0, 'outC', 1),
  };
}

/**
 * Every input channel has its own filters: filter [..., inC, channelMultiplier], and output channel
 * inC * channelMultiplier + q.
 */
export function depthwiseChannels(inChannels: number, outChannels: number): Channels {
  const size = outChannels / inChannels;
  return {
    shared: [{name: 'inC', size: inChannels}],
    inner: [],
    outer: {name: 'channelMultiplier', size},
    output: at(0, 'inC', size, 'channelMultiplier', 1),
  };
}

const outputAxis = (d: SpatialDimension): Axis => ({name: `out${d.name}`, size: d.output});
const filterAxis = (d: SpatialDimension): Axis => ({name: `f${d.name}`, size: d.filter});

/** Where the forward op reads its input: outY * stride - padding + fY * dilation. */
function tapIndex(d: SpatialDimension): IndexExpression {
  return at(-d.padding, `out${d.name}`, d.stride, `f${d.name}`, d.dilation);
}

/** A feature map's view: batch, spatial and channel index in the tensor's own order. */
function featureMap(
  geometry: ConvolutionGeometry,
  side: 'input' | 'output',
  spatialIndex: readonly IndexExpression[],
): View {
  const {batch, spatial, channelsLast, channels, inChannels, outChannels} = geometry;
  const sizes = spatial.map(d => d[side]);
  const batchIndex = at(0, 'batch', 1);
  const [count, channelIndex] =
    side === 'input' ? [inChannels, at(0, 'inC', 1)] : [outChannels, channels.output];
  return channelsLast
    ? {shape: [batch, ...sizes, count], index: [batchIndex, ...spatialIndex, channelIndex]}
    : {shape: [batch, count, ...sizes], index: [batchIndex, channelIndex, ...spatialIndex]};
}

/** Output positions x filter taps x channels that meet, over all batches. */
function macsOf({batch, spatial, channels}: ConvolutionGeometry): number {
  const perPosition = spatial.reduce((product, d) => product * d.output * d.filter, batch);
  return perPosition * sizeOf([...channels.shared, ...channels.inner, channels.outer]);
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
function forEachPhase(
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

/** First operand x, second filter [fY, fX, inC, outC] (with fZ before them in 3D). */
export function lowerForward(
  op: string,
  geometry: ConvolutionGeometry,
  epilogue: Epilogue,
  biasShape?: readonly number[],
): Lowering {
  const {batch, spatial, channels} = geometry;
  const output = outputView(geometry);
  const bias = biasShape && biasView(biasShape, output, geometry);
  return {
    outputShape: output.shape,
    macs: macsOf(geometry),
    contractions: [
      {
        op,
        b: channels.shared,
        m: [{name: 'batch', size: batch}, ...spatial.map(outputAxis)],
        n: [channels.outer],
        k: [...spatial.map(filterAxis), ...channels.inner],
        first: featureMap(geometry, 'input', spatial.map(tapIndex)),
        second: filterView(geometry),
        output,
        epilogue: bias ? {...epilogue, bias} : epilogue,
      },
    ],
  };
}

/** First operand x, second dy. */
export function lowerFilterGradient(
  op: string,
  geometry: ConvolutionGeometry,
  dyShape: readonly number[],
): Lowering {
  const {batch, spatial, channels} = geometry;
  const output = filterView(geometry);
  return {
    outputShape: output.shape,
    macs: macsOf(geometry),
    contractions: [
      {
        op,
        b: channels.shared,
        m: [...spatial.map(filterAxis), ...channels.inner],
        n: [channels.outer],
        k: [{name: 'batch', size: batch}, ...spatial.map(outputAxis)],
        first: featureMap(geometry, 'input', spatial.map(tapIndex)),
        second: withShape(outputView(geometry), dyShape),
        output,
        epilogue: NO_EPILOGUE,
      },
    ],
  };
}

/** First operand dy, second filter; one contraction per stride phase. */
export function lowerInputGradient(
  op: string,
  geometry: ConvolutionGeometry,
  dyShape: readonly number[],
): Lowering {
  const {batch, channels} = geometry;
  const contractions = forEachPhase(geometry, phases => ({
    op,
    b: channels.shared,
    m: [{name: 'batch', size: batch}, ...phases.map(phase => phase.positionAxis)],
    n: channels.inner,
    k: [...phases.map(phase => phase.tapAxis), channels.outer],
    first: withShape(
      featureMap(
        geometry,
        'output',
        phases.map(phase => phase.source),
      ),
      dyShape,
    ),
    second: filterView(
      geometry,
      phases.map(phase => phase.tap),
    ),
    output: featureMap(
      geometry,
      'input',
      phases.map(phase => phase.position),
    ),
    epilogue: NO_EPILOGUE,
  }));
  return {outputShape: contractions[0].output.shape, macs: macsOf(geometry), contractions};
}

/**
 * The view of a tensor whose actual shape is not what the geometry says: tfjs's transposed
 * convolutions take a dy of any size, and read the part that the output shape implies.
 */
function withShape(view: View, shape: readonly number[]): View {
  return util.arraysEqual(view.shape as number[], shape as number[])
    ? view
    : {...view, shape, extent: view.shape.map((size, d) => Math.min(size, shape[d]))};
}

/** The feature map on the output side, read or written position by position. */
function outputView(geometry: ConvolutionGeometry): View {
  const positions = geometry.spatial.map(d => at(0, `out${d.name}`, 1));
  return featureMap(geometry, 'output', positions);
}

function filterView(
  {spatial, channels}: ConvolutionGeometry,
  taps: readonly IndexExpression[] = spatial.map(d => at(0, `f${d.name}`, 1)),
): View {
  const axes = [...channels.shared, ...channels.inner, channels.outer];
  return {
    shape: [...spatial.map(d => d.filter), ...axes.map(axis => axis.size)],
    index: [...taps, ...axes.map(axis => at(0, axis.name, 1))],
  };
}

/** NHWC biases broadcast like numpy; with channels first a bias is one value per channel. */
function biasView(
  shape: readonly number[],
  output: View,
  {channelsLast}: ConvolutionGeometry,
): View {
  if (channelsLast) return broadcastView(shape, output);
  const channel = output.index[1];
  return {shape, index: shape.map(size => (size === 1 ? at(0) : channel))};
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
