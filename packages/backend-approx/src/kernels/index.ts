// SPDX-License-Identifier: Apache-2.0
/** The kernels that are lowered to contractions, and those that hold products but are not yet. */
import {batchMatMul, fusedMatMul} from './BatchMatMul.js';
import {conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D} from './Conv2D.js';
import type {MacKernel} from './lowering.js';

export * from './lowering.js';

export const MAC_KERNELS: readonly MacKernel[] = [
  batchMatMul,
  fusedMatMul,
  conv2D,
  fusedConv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
];

/** Multiply-accumulate kernels that still run exactly; each use is reported by `coverage()`. */
export const EXACT_MAC_KERNELS: readonly string[] = [
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
  'Conv3D',
  'Conv3DBackpropInputV2',
  'Conv3DBackpropFilterV2',
  'Einsum',
];
