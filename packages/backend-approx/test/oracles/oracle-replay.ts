// SPDX-License-Identifier: Apache-2.0
/**
 * What a recorded kernel call should have done: its pass and operand order, told from which tensors
 * the forward pass had used and how, its result by the loop nests, and its number of products.
 */
import type {Pass} from '#src/index.js';
import {
  conv3d,
  conv3dFilterGradient,
  conv3dInputGradient,
  type Geometry3D,
} from './oracle-conv3d.js';
import {depthwise, depthwiseFilterGradient, depthwiseInputGradient} from './oracle-depthwise.js';
import {einsum, splitEquation} from './oracle-einsum.js';
import {
  type Activation,
  type Geometry,
  type Nd,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  epilogue,
  matMul,
  sizeOf,
} from './oracle-ops.js';
import type {OracleProduct} from './oracle-product.js';
import type {KernelCall} from './oracle-recorder.js';

export interface Replay {
  readonly call: KernelCall;
  readonly pass: Pass;
  /** In the order in which `own` takes them. */
  readonly operands: Nd[];
  own(product: OracleProduct, ...operands: Nd[]): Nd;
  /** Multiply-accumulates, taps in the padding included. */
  readonly macs: number;
}

/** Names of a kernel's two operands; in a forward call the activation comes first. */
function operandNames({kernel}: KernelCall): [string, string] {
  if (kernel === 'Einsum') return ['0', '1'];
  if (kernel.includes('MatMul')) return ['a', 'b'];
  if (kernel.includes('BackpropFilter')) return ['x', 'dy'];
  if (kernel.includes('BackpropInput')) return ['dy', 'filter'];
  return ['x', 'filter'];
}

/** The calls of one training step, in order. */
export function replaysOf(calls: readonly KernelCall[]): Replay[] {
  const activations = new Set<object>();
  const weights = new Set<object>();
  for (const call of calls.filter(({inBackward}) => !inBackward)) {
    const [first, second] = operandNames(call);
    activations.add(call.ids[first]);
    weights.add(call.ids[second]);
  }

  return calls.map(call => {
    const [first, second] = operandNames(call).map(name => call.ids[name]);
    let pass: Pass = 'forward';
    let exchanged = false;
    if (call.inBackward) {
      // One of the two is dy; the other one was saved by the forward pass, which says what it is.
      const saved = [first, second].map(id => activations.has(id) || weights.has(id));
      if (saved[0] === saved[1]) throw new Error(`${call.kernel}: no telling which operand is dy`);
      const known = saved[0] ? first : second;
      if (activations.has(known) && weights.has(known)) {
        throw new Error(`${call.kernel}: activation and weight are one tensor`);
      }
      pass = activations.has(known) ? 'weightGradient' : 'inputGradient';
      // (activation, dy) and (dy, weight).
      exchanged = pass === 'weightGradient' ? !saved[0] : saved[0];
    }
    const {inputs} = call;
    const operands = operandNames(call).map(name => inputs[name]);
    if (inputs.bias) operands.push(inputs.bias);
    if (inputs.preluActivationWeights) throw new Error(`${call.kernel}: unexpected PReLU`);
    const inOrder = exchanged ? swap : (product: OracleProduct) => product;
    return {
      call,
      pass,
      operands,
      own: (product, a, b, bias) =>
        epilogue(
          evaluate(call, inOrder(product), a, b),
          bias,
          (call.attributes.activation as Activation | undefined) ?? 'linear',
        ),
      macs: macsOf(call),
    };
  });
}

/** The same multiplier with its inputs exchanged. */
export function swap(product: OracleProduct): OracleProduct {
  return {
    name: `${product.name} exchanged`,
    comparable: product.comparable,
    round: x => product.round(x),
    multiply: (a, b) => product.multiply(b, a),
  };
}

const pair = (value: unknown): [number, number] =>
  typeof value === 'number' ? [value, value] : (value as [number, number]);
const triple = (value: unknown): [number, number, number] =>
  typeof value === 'number' ? [value, value, value] : (value as [number, number, number]);

function planar({attributes}: KernelCall): Geometry {
  const {strides, dilations, pad} = attributes;
  return {
    strides: pair(strides),
    dilations: pair(dilations ?? 1),
    pad: padding(pad),
  };
}

function spatial({attributes}: KernelCall): Geometry3D {
  const {strides, dilations, pad} = attributes;
  return {
    strides: triple(strides),
    dilations: triple(dilations ?? 1),
    pad: padding(pad),
  };
}

function padding(pad: unknown): 'same' | 'valid' {
  if (pad === 'same' || pad === 'valid') return pad;
  if (pad === 0) return 'valid';
  throw new Error(`unexpected padding ${JSON.stringify(pad)}`);
}

function evaluate(call: KernelCall, product: OracleProduct, a: Nd, b: Nd): Nd {
  const {attributes} = call;
  const inputShape = attributes.inputShape as number[];
  const filterShape = attributes.filterShape as number[];
  switch (call.kernel) {
    case 'BatchMatMul':
    case '_FusedMatMul':
      return matMul(product, a, b, !!attributes.transposeA, !!attributes.transposeB);
    case 'Einsum':
      return einsum(product, attributes.equation as string, a, b);
    case 'Conv2D':
    case 'FusedConv2D':
      return conv2d(product, a, b, planar(call));
    case 'Conv2DBackpropInput':
      return conv2dInputGradient(product, a, b, inputShape, planar(call));
    case 'Conv2DBackpropFilter':
      return conv2dFilterGradient(product, a, b, filterShape, planar(call));
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2D':
      return depthwise(product, a, b, planar(call));
    case 'DepthwiseConv2dNativeBackpropInput':
      return depthwiseInputGradient(product, a, b, inputShape, planar(call));
    case 'DepthwiseConv2dNativeBackpropFilter':
      return depthwiseFilterGradient(product, a, b, filterShape, planar(call));
    case 'Conv3D':
      return conv3d(product, a, b, spatial(call));
    case 'Conv3DBackpropInputV2':
      return conv3dInputGradient(product, a, b, inputShape, spatial(call));
    case 'Conv3DBackpropFilterV2':
      return conv3dFilterGradient(product, a, b, filterShape, spatial(call));
  }
}

/** For a gradient of a convolution: those of the convolution itself. */
function macsOf(call: KernelCall): number {
  const {kernel, attributes, inputs, output} = call;
  const [a, b] = operandNames(call).map(name => inputs[name].shape);
  if (kernel === 'Einsum') {
    const {a: first, b: second} = splitEquation(attributes.equation as string);
    const sizes = new Map<string, number>();
    [...first].forEach((name, d) => sizes.set(name, a[d]));
    [...second].forEach((name, d) => sizes.set(name, b[d]));
    return sizeOf([...sizes.values()]);
  }
  if (kernel.includes('MatMul'))
    return sizeOf(output.shape) * a.at(attributes.transposeA ? -2 : -1)!;
  const isDepthwise = kernel.includes('Depthwise');
  const filter = kernel.includes('BackpropFilter') ? output.shape : b;
  const taps = sizeOf(filter.slice(0, isDepthwise ? -2 : -1));
  if (kernel.includes('BackpropFilter')) return sizeOf(b) * taps;
  if (kernel.includes('BackpropInput')) return sizeOf(a) * taps;
  return sizeOf(output.shape) * taps;
}
