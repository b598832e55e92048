// SPDX-License-Identifier: Apache-2.0
/**
 * What a multiply-accumulate kernel is to the rest of the backend: a translation of shapes and
 * attributes into contractions. No arithmetic and no engine is named in this folder.
 */
import {type Contraction, type Epilogue, type View, at} from '../contraction/contraction.js';

export type Shapes = Readonly<Record<string, readonly number[]>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** Contractions that together write every element of one output tensor. */
export interface Lowering {
  readonly contractions: readonly Contraction[];
  readonly outputShape: readonly number[];
  /**
   * Nominal multiply-accumulates: output positions of the forward op x filter taps x channels,
   * the same number for an op and its two gradients.
   */
  readonly macs: number;
}

/**
 * The tensor whose gradient tfjs forms with a kernel: an op's input or its weights, or either operand of
 * a matMul, which the tensor that the forward call saved tells.
 */
export type GradientOf = 'input' | 'weight' | 'savedOperand';

export interface MacKernel {
  readonly kernelName: string;
  /** Names of the inputs that are the multiplier's first and second operand. */
  readonly operands: readonly [first: string, second: string];
  /** Which pass a call under a gradient belongs to, where nothing closer to it has said so. */
  readonly gradient: GradientOf;
  /**
   * @param shapes of all inputs, by name; absent optional inputs are left out.
   * @param outputBatch batch dimensions of the result, where some are to be summed to 1: the gradient of
   *     an operand that was broadcast. Only matMuls are asked for it.
   */
  lower(shapes: Shapes, attributes: Attributes, outputBatch?: readonly number[]): Lowering;
}

const IN_EPILOGUE: ReadonlySet<unknown> = new Set(['linear', 'relu', 'relu6']);

/** Whether the activation is done by the contraction's epilogue (else: by a stock kernel after it). */
export function isEpilogueActivation(activation: unknown): activation is Epilogue['activation'] {
  return IN_EPILOGUE.has(activation);
}

/** The epilogue of a fused kernel; `bias` is the view of its bias, if it has one. */
export function fusedEpilogue(attributes: Attributes, bias?: View): Epilogue {
  const {activation} = attributes;
  return {
    ...(bias ? {bias} : {}),
    activation: isEpilogueActivation(activation) ? activation : 'linear',
  };
}

export const NO_EPILOGUE: Epilogue = {activation: 'linear'};

/** A bias that is broadcast to the output like numpy: aligned at the last dimension. */
export function broadcastView(shape: readonly number[], output: View): View {
  const missing = output.shape.length - shape.length;
  return {
    shape,
    index: shape.map((size, d) => (size === 1 ? at(0) : output.index[d + missing])),
  };
}
