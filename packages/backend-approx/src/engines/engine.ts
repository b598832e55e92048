// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of an engine: it executes contractions with a MAC unit plugged in, and is the only
 * place where products and sums are formed. All engines return the same bits.
 */
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {MacUnit} from '@tfjs-approx/arithmetic';
import type {Contraction} from '../contraction/contraction.js';

/** float32 tensors in the order of the contraction's views. */
export interface Operands {
  readonly first: TensorInfo;
  readonly second: TensorInfo;
  readonly bias?: TensorInfo;
  readonly factor?: TensorInfo;
}

export interface Engine {
  /** That of its entry in the list of engines. */
  readonly name: string;
  /**
   * Runs contractions that together write every element of one new float32 tensor.
   * @throws {DeviceLimitError} when the output is larger than the device allows.
   * @throws {UnsupportedContractionError} a contraction that this engine does not execute.
   * @throws {MultiplierError} a unit that breaks its contract.
   */
  run(
    contractions: readonly Contraction[],
    outputShape: readonly number[],
    operands: Operands,
    unit: MacUnit,
  ): TensorInfo;
}
