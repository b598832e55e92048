// SPDX-License-Identifier: Apache-2.0
/** What is measured, as data: a case is a piece of work that any backend can do. */
import type {Tensor} from '@tensorflow/tfjs';

export interface BenchmarkCase {
  readonly group: GroupName;
  /** For people and in files; unique within a run. */
  readonly name: string;
  /** Work of one kind takes time in proportion to its products, roughly: `gemm`, `depthwise dW`. */
  readonly kind: string;
  /** Operand shapes, for files. */
  readonly shape: string;
  /** Multiply-accumulates of one run of the work, from the shapes. */
  readonly macs: number;
  /** How many runs may be queued before a result is read. */
  readonly mostQueued: number;
  /** Each contender needs a workload of its own, as running it changes its tensors. */
  readonly hasState?: boolean;
  /** Makes the work's tensors on the current backend. */
  prepare(): Workload;
}

/** `step`: whole training steps. `growth`: products of 1e6 to 1e11 multiply-accumulates. */
export type GroupName = 'gemm' | 'conv' | 'step' | 'growth';

export interface Workload {
  /** Queues the work once and returns a small tensor: when it can be read, the work is done. */
  run(): Tensor;
  /** Compares results with the multiplier's functional model, where that is defined. */
  check?(multiplier: string): Promise<Bits>;
  dispose(): void;
}

/**
 * How sampled results compare with the functional model. `close`: no exact bits are promised (a GPU
 * may fuse products and sums of `fp32`), and the difference is as small as rounding makes it.
 */
export type Bits = 'equal' | 'differ' | 'close';
