// SPDX-License-Identifier: Apache-2.0
/**
 * Depthwise convolutions and their gradients: input channels are the batch of the contraction, and
 * each has its own filter [fY, fX, inC, multiplier]. Output channel = inC * multiplier + q.
 */
import {at, type Epilogue, type IndexExpression, type View} from '../contraction/contraction.js';
import {
  biasView,
  featureMap,
  filterAxis,
  forEachPhase,
  outputAxis,
  outputView,
  positionsTimesTaps,
  tapIndex,
  type ConvolutionGeometry,
} from './convolution.js';
import {geometry2D} from './geometry.js';
import {fusedEpilogue, NO_EPILOGUE} from './lowering.js';
import type {Attributes, Lowering, MacKernel} from './lowering.js';

const multiplierOf = ({inChannels, outChannels}: ConvolutionGeometry) => outChannels / inChannels;

const inChannel = at(0, 'inC', 1);
const outChannel = (geometry: ConvolutionGeometry) =>
  at(0, 'inC', multiplierOf(geometry), 'channelMultiplier', 1);

const channelAxis = ({inChannels}: ConvolutionGeometry) => ({name: 'inC', size: inChannels});
const multiplierAxis = (geometry: ConvolutionGeometry) => ({
  name: 'channelMultiplier',
  size: multiplierOf(geometry),
});

function filterView(
  geometry: ConvolutionGeometry,
  taps: readonly IndexExpression[] = geometry.spatial.map(d => at(0, `f${d.name}`, 1)),
): View {
  return {
    shape: [...geometry.spatial.map(d => d.filter), geometry.inChannels, multiplierOf(geometry)],
    index: [...taps, inChannel, at(0, 'channelMultiplier', 1)],
  };
}

const macsOf = (geometry: ConvolutionGeometry) =>
  positionsTimesTaps(geometry) * geometry.outChannels;

function lowerForward(
  op: string,
  geometry: ConvolutionGeometry,
  epilogue: Epilogue,
  biasShape?: readonly number[],
): Lowering {
  const {batch, spatial} = geometry;
  const output = outputView(geometry, outChannel(geometry));
  const bias = biasShape && biasView(biasShape, output, geometry);
  return {
    outputShape: output.shape,
    macs: macsOf(geometry),
    contractions: [
      {
        op,
        b: [channelAxis(geometry)],
        m: [{name: 'batch', size: batch}, ...spatial.map(outputAxis)],
        n: [multiplierAxis(geometry)],
        k: spatial.map(filterAxis),
        first: featureMap(geometry, 'input', spatial.map(tapIndex), inChannel),
        second: filterView(geometry),
        output,
        epilogue: bias ? {...epilogue, bias} : epilogue,
      },
    ],
  };
}

function lowerFilterGradient(op: string, geometry: ConvolutionGeometry): Lowering {
  const {batch, spatial} = geometry;
  const output = filterView(geometry);
  return {
    outputShape: output.shape,
    macs: macsOf(geometry),
    contractions: [
      {
        op,
        b: [channelAxis(geometry)],
        m: spatial.map(filterAxis),
        n: [multiplierAxis(geometry)],
        k: [{name: 'batch', size: batch}, ...spatial.map(outputAxis)],
        first: featureMap(geometry, 'input', spatial.map(tapIndex), inChannel),
        second: outputView(geometry, outChannel(geometry)),
        output,
        epilogue: NO_EPILOGUE,
      },
    ],
  };
}

function lowerInputGradient(op: string, geometry: ConvolutionGeometry): Lowering {
  const contractions = forEachPhase(geometry, phases => ({
    op,
    b: [channelAxis(geometry)],
    m: [{name: 'batch', size: geometry.batch}, ...phases.map(phase => phase.positionAxis)],
    n: [],
    k: [...phases.map(phase => phase.tapAxis), multiplierAxis(geometry)],
    first: featureMap(
      geometry,
      'output',
      phases.map(phase => phase.source),
      outChannel(geometry),
    ),
    second: filterView(
      geometry,
      phases.map(phase => phase.tap),
    ),
    output: featureMap(
      geometry,
      'input',
      phases.map(phase => phase.position),
      inChannel,
    ),
    epilogue: NO_EPILOGUE,
  }));
  return {outputShape: contractions[0].output.shape, macs: macsOf(geometry), contractions};
}

const geometryOf = (
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
) => geometry2D(xShape, filterShape, attributes, true);

export const depthwiseConv2dNative: MacKernel = {
  kernelName: 'DepthwiseConv2dNative',
  operands: ['x', 'filter'],
  lower: ({x, filter}, attributes) =>
    lowerForward('DepthwiseConv2dNative', geometryOf(x, filter, attributes), NO_EPILOGUE),
};

export const fusedDepthwiseConv2D: MacKernel = {
  kernelName: 'FusedDepthwiseConv2D',
  operands: ['x', 'filter'],
  lower: ({x, filter, bias}, attributes) => {
    const geometry = geometryOf(x, filter, attributes);
    return lowerForward('FusedDepthwiseConv2D', geometry, fusedEpilogue(attributes), bias);
  },
};

export const depthwiseConv2dNativeBackpropFilter: MacKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  operands: ['x', 'dy'],
  lower: ({x}, attributes) => {
    const geometry = geometryOf(x, attributes.filterShape as number[], attributes);
    return lowerFilterGradient('DepthwiseConv2dNativeBackpropFilter', geometry);
  },
};

export const depthwiseConv2dNativeBackpropInput: MacKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  operands: ['dy', 'filter'],
  lower: ({filter}, attributes) => {
    const geometry = geometryOf(attributes.inputShape as number[], filter, attributes);
    return lowerInputGradient('DepthwiseConv2dNativeBackpropInput', geometry);
  },
};
