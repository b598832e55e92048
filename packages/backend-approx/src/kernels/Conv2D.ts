// SPDX-License-Identifier: Apache-2.0
/**
 * Conv2D, FusedConv2D, Conv2DBackpropInput and Conv2DBackpropFilter. The index maps of the design:
 * forward x at (outY * s - pad + fY * d, ...), dW over (batch, outY, outX), dX by stride phase.
 */
import {backend_util} from '@tensorflow/tfjs-core';
import {at, type Epilogue, type View} from '../contraction/contraction.js';
import {
  featureMap,
  filterAxis,
  forEachPhase,
  outputAxis,
  positionsTimesTaps,
  tapIndex,
  type ConvolutionGeometry,
} from './convolution.js';
import {broadcastView, fusedEpilogue, NO_EPILOGUE} from './lowering.js';
import type {Attributes, Lowering, MacKernel, Shapes} from './lowering.js';

type Shape4D = [number, number, number, number];

/** Geometry from the shapes of the forward op: x [batch, h, w, inC] and filter [fY, fX, inC, outC]. */
function geometryOf(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
): ConvolutionGeometry {
  const {strides, dilations, pad, dimRoundingMode, dataFormat} = attributes;
  const info = backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    strides as [number, number],
    (dilations ?? 1) as [number, number],
    pad as Parameters<typeof backend_util.computeConv2DInfo>[4],
    dimRoundingMode as 'floor',
    false,
    backend_util.convertConv2DDataFormat((dataFormat ?? 'NHWC') as 'NHWC'),
  );
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    channelsLast: info.dataFormat === 'channelsLast',
    spatial: [
      {
        name: 'Y',
        input: info.inHeight,
        output: info.outHeight,
        filter: info.filterHeight,
        stride: info.strideHeight,
        dilation: info.dilationHeight,
        padding: info.padInfo.top,
      },
      {
        name: 'X',
        input: info.inWidth,
        output: info.outWidth,
        filter: info.filterWidth,
        stride: info.strideWidth,
        dilation: info.dilationWidth,
        padding: info.padInfo.left,
      },
    ],
  };
}

function lowerForward(
  op: string,
  {x, filter, bias}: Shapes,
  attributes: Attributes,
  epilogue: Epilogue,
): Lowering {
  const geometry = geometryOf(x, filter, attributes);
  const {batch, inChannels, outChannels, spatial} = geometry;
  const output = featureMap(
    geometry,
    'output',
    spatial.map(d => at(0, `out${d.name}`, 1)),
    at(0, 'outC', 1),
  );
  return {
    outputShape: output.shape,
    macs: positionsTimesTaps(geometry) * inChannels * outChannels,
    contractions: [
      {
        op,
        b: [],
        m: [{name: 'batch', size: batch}, ...spatial.map(outputAxis)],
        n: [{name: 'outC', size: outChannels}],
        k: [...spatial.map(filterAxis), {name: 'inC', size: inChannels}],
        first: featureMap(geometry, 'input', spatial.map(tapIndex), at(0, 'inC', 1)),
        second: filterView(filter),
        output,
        epilogue: bias ? {...epilogue, bias: biasView(bias, output, geometry)} : epilogue,
      },
    ],
  };
}

function filterView(shape: readonly number[]): View {
  return {shape, index: ['fY', 'fX', 'inC', 'outC'].map(axis => at(0, axis, 1))};
}

/** NHWC biases broadcast like numpy; with channels first a bias is one value per channel. */
function biasView(shape: readonly number[], output: View, geometry: ConvolutionGeometry): View {
  if (geometry.channelsLast) return broadcastView(shape, output);
  return {shape, index: shape.map(size => (size === 1 ? at(0) : at(0, 'outC', 1)))};
}

function lowerFilterGradient({x, dy}: Shapes, attributes: Attributes): Lowering {
  const filterShape = attributes.filterShape as number[];
  const geometry = geometryOf(x, filterShape, attributes);
  const {batch, inChannels, outChannels, spatial} = geometry;
  const dyIndex = spatial.map(d => at(0, `out${d.name}`, 1));
  return {
    outputShape: filterShape,
    macs: positionsTimesTaps(geometry) * inChannels * outChannels,
    contractions: [
      {
        op: 'Conv2DBackpropFilter',
        b: [],
        m: [...spatial.map(filterAxis), {name: 'inC', size: inChannels}],
        n: [{name: 'outC', size: outChannels}],
        k: [{name: 'batch', size: batch}, ...spatial.map(outputAxis)],
        first: featureMap(geometry, 'input', spatial.map(tapIndex), at(0, 'inC', 1)),
        second: {...featureMap(geometry, 'output', dyIndex, at(0, 'outC', 1)), shape: dy},
        output: filterView(filterShape),
        epilogue: NO_EPILOGUE,
      },
    ],
  };
}

function lowerInputGradient({dy, filter}: Shapes, attributes: Attributes): Lowering {
  const inputShape = attributes.inputShape as number[];
  const geometry = geometryOf(inputShape, filter, attributes);
  const {batch, inChannels, outChannels} = geometry;
  return {
    outputShape: inputShape,
    macs: positionsTimesTaps(geometry) * inChannels * outChannels,
    contractions: forEachPhase(geometry, phases => ({
      op: 'Conv2DBackpropInput',
      b: [],
      m: [{name: 'batch', size: batch}, ...phases.map(phase => phase.positionAxis)],
      n: [{name: 'inC', size: inChannels}],
      k: [...phases.map(phase => phase.tapAxis), {name: 'outC', size: outChannels}],
      first: {
        ...featureMap(
          geometry,
          'output',
          phases.map(phase => phase.source),
          at(0, 'outC', 1),
        ),
        shape: dy,
      },
      second: {
        shape: filter,
        index: [...phases.map(phase => phase.tap), at(0, 'inC', 1), at(0, 'outC', 1)],
      },
      output: featureMap(
        geometry,
        'input',
        phases.map(phase => phase.position),
        at(0, 'inC', 1),
      ),
      epilogue: NO_EPILOGUE,
    })),
  };
}

export const conv2D: MacKernel = {
  kernelName: 'Conv2D',
  operands: ['x', 'filter'],
  lower: (shapes, attributes) => lowerForward('Conv2D', shapes, attributes, NO_EPILOGUE),
};

export const fusedConv2D: MacKernel = {
  kernelName: 'FusedConv2D',
  operands: ['x', 'filter'],
  lower: (shapes, attributes) =>
    lowerForward('FusedConv2D', shapes, attributes, fusedEpilogue(attributes)),
};

export const conv2DBackpropFilter: MacKernel = {
  kernelName: 'Conv2DBackpropFilter',
  operands: ['x', 'dy'],
  lower: lowerFilterGradient,
};

export const conv2DBackpropInput: MacKernel = {
  kernelName: 'Conv2DBackpropInput',
  operands: ['dy', 'filter'],
  lower: lowerInputGradient,
};
