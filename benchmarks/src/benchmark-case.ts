// SPDX-License-Identifier: Apache-2.0
/** What is measured, as data: a case is a piece of work that any backend can do. */
import type {Tensor} from '@tensorflow/tfjs';

export interface BenchmarkCase {
  readonly group: GroupName;
  /** For people and in files; unique within a run. */
  readonly name: string;
  /** Multiply-accumulates of one run of the work; undefined where they are not counted. */
  readonly macs?: number;
  /** How many runs may be queued before a result is read. */
  readonly mostQueued: number;
  /** Makes the work's tensors on the current backend. */
  prepare(): Workload;
}

export type GroupName = 'gemm' | 'lenet5';

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
