// SPDX-License-Identifier: Apache-2.0
/** Conv2D, FusedConv2D, Conv2DBackpropInput and Conv2DBackpropFilter. */
import {lowerFilterGradient, lowerForward, lowerInputGradient} from './convolution.js';
import {geometry2D} from './geometry.js';
import {fusedEpilogue, NO_EPILOGUE, type MacKernel} from './lowering.js';

export const conv2D: MacKernel = {
  kernelName: 'Conv2D',
  operands: ['x', 'filter'],
  gradient: 'input',
  lower: ({x, filter}, attributes) =>
    lowerForward('Conv2D', geometry2D(x, filter, attributes), NO_EPILOGUE),
};

export const fusedConv2D: MacKernel = {
  kernelName: 'FusedConv2D',
  operands: ['x', 'filter'],
  gradient: 'input',
  lower: ({x, filter, bias}, attributes) => {
    const geometry = geometry2D(x, filter, attributes);
    return lowerForward('FusedConv2D', geometry, fusedEpilogue(attributes), bias);
  },
};

export const conv2DBackpropFilter: MacKernel = {
  kernelName: 'Conv2DBackpropFilter',
  operands: ['x', 'dy'],
  gradient: 'weight',
  lower: ({x, dy}, attributes) => {
    const geometry = geometry2D(x, attributes.filterShape as number[], attributes);
    return lowerFilterGradient('Conv2DBackpropFilter', geometry, dy);
  },
};

export const conv2DBackpropInput: MacKernel = {
  kernelName: 'Conv2DBackpropInput',
  operands: ['dy', 'filter'],
  gradient: 'input',
  lower: ({dy, filter}, attributes) => {
    const geometry = geometry2D(attributes.inputShape as number[], filter, attributes);
    return lowerInputGradient('Conv2DBackpropInput', geometry, dy);
  },
};
