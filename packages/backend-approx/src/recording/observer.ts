// SPDX-License-Identifier: Apache-2.0
/** Where products are announced before an engine forms them, for those who want to see the operands. */
import type {KernelBackend, TensorInfo} from '@tensorflow/tfjs-core';
import type {Pass} from '../policy/pass.js';

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

let observer: Observer | null = null;

/** @returns the observer there was. */
export function setObserver(next: Observer | null): Observer | null {
  const former = observer;
  observer = next;
  return former;
}

/** Called once per kernel, so it costs nothing when nobody looks. */
export function announce(products: ObservedProducts): void {
  observer?.(products);
}
