// SPDX-License-Identifier: Apache-2.0
/** Conv3D, Conv3DBackpropInputV2 and Conv3DBackpropFilterV2. */
import {lowerFilterGradient, lowerForward, lowerInputGradient} from './convolution.js';
import {geometry3D} from './geometry.js';
import {NO_EPILOGUE, type MacKernel} from './lowering.js';

export const conv3D: MacKernel = {
  kernelName: 'Conv3D',
  operands: ['x', 'filter'],
  gradient: 'input',
  lower: ({x, filter}, attributes) =>
    lowerForward('Conv3D', geometry3D(x, filter, attributes), NO_EPILOGUE),
};

export const conv3DBackpropFilterV2: MacKernel = {
  kernelName: 'Conv3DBackpropFilterV2',
  operands: ['x', 'dy'],
  gradient: 'weight',
  lower: ({x, dy}, attributes) => {
    const geometry = geometry3D(x, attributes.filterShape as number[], attributes);
    return lowerFilterGradient('Conv3DBackpropFilterV2', geometry, dy);
  },
};

export const conv3DBackpropInputV2: MacKernel = {
  kernelName: 'Conv3DBackpropInputV2',
  operands: ['dy', 'filter'],
  gradient: 'input',
  lower: ({dy, filter}, attributes) => {
    const geometry = geometry3D(attributes.inputShape as number[], filter, attributes);
    return lowerInputGradient('Conv3DBackpropInputV2', geometry, dy);
  },
};
