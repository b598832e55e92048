// SPDX-License-Identifier: Apache-2.0
/** Convolution geometry from the shapes and attributes of tfjs kernels. */
import {backend_util} from '@tensorflow/tfjs-core';
import {
  depthwiseChannels,
  fullChannels,
  type ConvolutionGeometry,
  type SpatialDimension,
} from './convolution.js';
import type {Attributes} from './lowering.js';

type Padding2D = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Info2D = ReturnType<typeof backend_util.computeConv2DInfo>;
type Info3D = ReturnType<typeof backend_util.computeConv3DInfo>;

/** @param xShape, filterShape of the forward op, also for its gradients. */
export function geometry2D(
  xShape: readonly number[],
  filterShape: readonly number[],
  {strides, dilations, pad, dimRoundingMode, dataFormat}: Attributes,
  depthwise = false,
): ConvolutionGeometry {
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides as [number, number],
    (dilations ?? 1) as [number, number],
    pad as Padding2D,
    dimRoundingMode as 'floor',
    depthwise,
    backend_util.convertConv2DDataFormat((dataFormat ?? 'NHWC') as 'NHWC'),
  );
  return geometryOf(info, [rows(info), columns(info)], depthwise);
}

export function geometry3D(
  xShape: readonly number[],
  filterShape: readonly number[],
  {strides, dilations, pad}: Attributes,
): ConvolutionGeometry {
  const info = backend_util.computeConv3DInfo(
    xShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    strides as [number, number, number],
    (dilations ?? 1) as [number, number, number],
    pad as 'same' | 'valid',
  );
  return geometryOf(info, [slices(info), rows(info), columns(info)], false);
}

function geometryOf(
  {batchSize, inChannels, outChannels, dataFormat}: Info2D | Info3D,
  spatial: readonly SpatialDimension[],
  depthwise: boolean,
): ConvolutionGeometry {
  return {
    batch: batchSize,
    inChannels,
    outChannels,
    channelsLast: dataFormat === 'channelsLast',
    spatial,
    channels: (depthwise ? depthwiseChannels : fullChannels)(inChannels, outChannels),
  };
}

const slices = (info: Info3D): SpatialDimension => ({
  name: 'Z',
  input: info.inDepth,
  output: info.outDepth,
  filter: info.filterDepth,
  stride: info.strideDepth,
  dilation: info.dilationDepth,
  padding: info.padInfo.front,
});

const rows = (info: Info2D | Info3D): SpatialDimension => ({
  name: 'Y',
  input: info.inHeight,
  output: info.outHeight,
  filter: info.filterHeight,
  stride: info.strideHeight,
  dilation: info.dilationHeight,
  padding: info.padInfo.top,
});

const columns = (info: Info2D | Info3D): SpatialDimension => ({
  name: 'X',
  input: info.inWidth,
  output: info.outWidth,
  filter: info.filterWidth,
  stride: info.strideWidth,
  dilation: info.dilationWidth,
  padding: info.padInfo.left,
});
