// SPDX-License-Identifier: Apache-2.0
/**
 * What `approx` takes from a stock backend: its kernels without multiply-accumulates, some of them
 * replaced, and stand-ins for those it lacks. Engines stand on a base and know nothing of this.
 */
import type {KernelConfig, KernelFunc} from '@tensorflow/tfjs-core';

export interface Base {
  /** The stock backend's name. */
  readonly name: 'webgpu' | 'cpu';
  /** Kernels made of the stock ones. */
  readonly replacements: Readonly<Record<string, (stock: KernelFunc) => KernelFunc>>;
  /** Kernels that the stock backend lacks. @param has the ones that are there. */
  missingKernels(has: ReadonlySet<string>): readonly KernelConfig[];
}
