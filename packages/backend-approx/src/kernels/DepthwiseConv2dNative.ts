// SPDX-License-Identifier: Apache-2.0
/**
 * Depthwise convolutions and their gradients: convolutions whose input channels are the batch of the
 * contraction, each with its own filters [fY, fX, inC, multiplier].
 */
import {lowerFilterGradient, lowerForward, lowerInputGradient} from './convolution.js';
import {geometry2D} from './geometry.js';
import {fusedEpilogue, NO_EPILOGUE, type Attributes, type MacKernel} from './lowering.js';

const geometryOf = (
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
) => geometry2D(xShape, filterShape, attributes, true);

export const depthwiseConv2dNative: MacKernel = {
  kernelName: 'DepthwiseConv2dNative',
  operands: ['x', 'filter'],
  gradient: 'input',
  lower: ({x, filter}, attributes) =>
    lowerForward('DepthwiseConv2dNative', geometryOf(x, filter, attributes), NO_EPILOGUE),
};

export const fusedDepthwiseConv2D: MacKernel = {
  kernelName: 'FusedDepthwiseConv2D',
  operands: ['x', 'filter'],
  gradient: 'input',
  lower: ({x, filter, bias}, attributes) => {
    const geometry = geometryOf(x, filter, attributes);
    return lowerForward('FusedDepthwiseConv2D', geometry, fusedEpilogue(attributes), bias);
  },
};

export const depthwiseConv2dNativeBackpropFilter: MacKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  operands: ['x', 'dy'],
  gradient: 'weight',
  lower: ({x, dy}, attributes) => {
    const geometry = geometryOf(x, attributes.filterShape as number[], attributes);
    return lowerFilterGradient('DepthwiseConv2dNativeBackpropFilter', geometry, dy);
  },
};

export const depthwiseConv2dNativeBackpropInput: MacKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  operands: ['dy', 'filter'],
  gradient: 'input',
  lower: ({dy, filter}, attributes) => {
    const geometry = geometryOf(attributes.inputShape as number[], filter, attributes);
    return lowerInputGradient('DepthwiseConv2dNativeBackpropInput', geometry, dy);
  },
};
