// SPDX-License-Identifier: Apache-2.0
/**
 * Kernels that tfjs's WebGPU backend lacks and its CPU backend has (strings, ragged and sparse
 * tensors, Unique): run on the CPU, on values that are there or are read synchronously. None of
 * them forms multiply-accumulates.
 */
import {
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {createHostBackend} from '../../engines/host.js';
import type {ApproxWebGPUBackend} from '../../engines/webgpu/backend.js';

/** @param has names of the kernels that need no stand-in. */
export function cpuKernels(has: ReadonlySet<string>): KernelConfig[] {
  return getKernelsForBackend('cpu')
    .filter(({kernelName}) => !has.has(kernelName))
    .map(kernel => ({...kernel, kernelFunc: onCpu(kernel.kernelFunc)}));
}

/** A tensor, a list of tensors (nested row splits of ragged tensors), or an input left out. */
type Input = TensorInfo | readonly Input[] | undefined;

export function onCpu(kernelFunc: KernelFunc): KernelFunc {
  return ({inputs, attrs, backend: webgpu}) => {
    const backend = webgpu as ApproxWebGPUBackend;
    const cpu = createHostBackend();
    const toCpu = (input: Input): Input => {
      if (!input) return input;
      if ('length' in input) return input.map(toCpu);
      const values = backend.readSync(input.dataId) as Float32Array;
      return cpu.makeTensorInfo(input.shape, input.dtype, values);
    };
    const all = inputs as unknown as readonly Input[] | Record<string, Input>;
    const moved = Array.isArray(all)
      ? all.map(toCpu)
      : Object.fromEntries(Object.entries(all).map(([name, input]) => [name, toCpu(input)]));
    const result = kernelFunc({inputs: moved as never, attrs, backend: cpu});
    const fromCpu = ({shape, dtype, dataId}: TensorInfo) =>
      backend.makeTensorInfo(shape, dtype, cpu.readSync(dataId));
    return Array.isArray(result) ? result.map(fromCpu) : fromCpu(result);
  };
}
