// SPDX-License-Identifier: Apache-2.0
/** The 14 kernels of tfjs 4.22 in which multiply-accumulates happen; all are lowered to contractions. */
import {batchMatMul, fusedMatMul} from './BatchMatMul.js';
import {conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D} from './Conv2D.js';
import {conv3D, conv3DBackpropFilterV2, conv3DBackpropInputV2} from './Conv3D.js';
import {
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  fusedDepthwiseConv2D,
} from './DepthwiseConv2dNative.js';
import {einsum} from './Einsum.js';
import type {MacKernel} from './lowering.js';

export * from './lowering.js';

export const MAC_KERNELS: readonly MacKernel[] = [
  batchMatMul,
  fusedMatMul,
  conv2D,
  fusedConv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseConv2dNative,
  fusedDepthwiseConv2D,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  conv3D,
  conv3DBackpropFilterV2,
  conv3DBackpropInputV2,
  einsum,
];
