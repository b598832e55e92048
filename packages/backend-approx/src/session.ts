// SPDX-License-Identifier: Apache-2.0
/**
 * What kernels and gradients need to know of the moment. TensorFlow.js has one global engine and calls them as
 * plain functions, so this has no other place. Each field belongs to one module, named beside it; others ask that
 * module. Devices, threads and memory are not here: whoever made them keeps them.
 */
import type {KernelBackend, TensorInfo} from '@tensorflow/tfjs-core';
import type {MacUnit} from '@tfjs-approx/arithmetic';

export type Pass = 'forward' | 'inputGradient' | 'weightGradient';

/** What has a name and can have multipliers of its own: a layer, or a node of a graph model. */
export interface Unit {
  readonly name: string;
  /** The layer's class, or the node's op. */
  getClassName(): string;
}

/** The layers that are running, innermost first. */
export interface ActiveLayer {
  readonly layer: Unit;
  readonly outer: ActiveLayer | null;
  /** Names from the outermost to this layer: `encoder/attention/query`. */
  readonly path: string;
}

export interface ProductContext {
  readonly pass: Pass;
  /** tfjs calls some gradients as f(dy, activation); the lowering restores (activation, dy). */
  readonly exchanged: boolean;
  /** Batch dimensions of the operand whose gradient a matMul is; 1 where that was broadcast. */
  readonly outputBatch?: readonly number[];
}

export interface ObservedProducts {
  readonly layer: string;
  readonly pass: Pass;
  /** Nominal multiply-accumulates. */
  readonly macs: number;
  /** In the order in which the multiplier gets them. */
  readonly operands: readonly [first: TensorInfo, second: TensorInfo];
  readonly backend: KernelBackend;
}

export type Observer = (products: ObservedProducts) => void;

interface Session {
  /** policy/policy.ts: the units by pass; null until they are asked for or set. */
  assignment: Readonly<Record<Pass, MacUnit>> | null;
  /** policy/active-layer.ts: the innermost layer that runs, or that of the tape node whose gradient does. */
  activeLayer: ActiveLayer | null;
  /** policy/pass.ts: what a wrapped gradient says of the kernels it calls. */
  declaredPass: ProductContext | null;
  /** policy/graph-models.ts: the node that the executor is about to run. */
  nextNode: Unit | null;
  /** policy/helper-ops.ts: why the products of the gradient that runs are exact. */
  helperReason: string | null;
  /** policy/coverage.ts: false while kernels are called without forming products. */
  isCounting: boolean;
  /** policy/coverage.ts: where products are formed, for its last line. */
  describeDevice: () => string;
  /** recording/observer.ts */
  observer: Observer | null;
  /** approx-backend.ts: the priority that tfjs's `webgpu` had before it was registered anew. */
  webgpuPriority: number | null;
  /** approx-backend.ts: why the engine did not start, which tfjs only logs. */
  failure: unknown;
}

export const session: Session = {
  assignment: null,
  activeLayer: null,
  declaredPass: null,
  nextNode: null,
  helperReason: null,
  isCounting: true,
  describeDevice: () => 'no engine is running',
  observer: null,
  webgpuPriority: null,
  failure: null,
};
