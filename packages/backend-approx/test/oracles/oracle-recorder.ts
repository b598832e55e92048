// SPDX-License-Identifier: Apache-2.0
/**
 * Records every call of the multiply-accumulate kernels of `approx` while something runs: operands,
 * attributes, result, and whether tfjs was computing gradients.
 */
import * as tf from '@tensorflow/tfjs';
import type {Nd} from './oracle-ops.js';

/** The kernels in which tfjs multiplies and accumulates. */
export const MAC_KERNELS = [
  'BatchMatMul',
  '_FusedMatMul',
  'Conv2D',
  'FusedConv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
  'Conv3D',
  'Conv3DBackpropInputV2',
  'Conv3DBackpropFilterV2',
  'Einsum',
] as const;

export type MacKernel = (typeof MAC_KERNELS)[number];

export interface KernelCall {
  readonly kernel: MacKernel;
  readonly inBackward: boolean;
  readonly inputs: Readonly<Record<string, Nd>>;
  /** What tells one stored tensor from another: reshaped and cloned tensors share it. */
  readonly ids: Readonly<Record<string, object>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly output: Nd;
}

interface Kept {
  readonly call: Omit<KernelCall, 'inputs' | 'output'>;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly output: tf.Tensor;
}

/** A second tensor on the same data, which no scope disposes of. */
function keep({dataId, shape, dtype}: tf.TensorInfo, backend: tf.KernelBackend): tf.Tensor {
  backend.incRef(dataId);
  return tf.keep(tf.engine().makeTensorFromTensorInfo({dataId, shape, dtype}, backend));
}

async function toNd(tensor: tf.Tensor): Promise<Nd> {
  return {shape: tensor.shape, data: Float32Array.from(await tensor.data())};
}

/**
 * Runs `f` with every kernel of the list observed; kernels and engine are restored afterwards.
 * @param f is given a function that starts the recording.
 */
export async function recordKernels(
  f: (start: () => void) => Promise<void>,
): Promise<KernelCall[]> {
  const kept: Kept[] = [];
  let started = false;
  const engine = tf.engine() as unknown as {tidy(name: unknown, body?: unknown): unknown};
  const stockTidy = engine.tidy;
  let backward = 0;
  engine.tidy = (name, body) => {
    if (name === 'backward') backward++;
    try {
      return stockTidy.call(tf.engine(), name, body);
    } finally {
      if (name === 'backward') backward--;
    }
  };
  const stock = MAC_KERNELS.map(kernel => tf.getKernel(kernel, 'approx'));
  for (const config of stock) {
    replace({
      ...config,
      kernelFunc(parameters) {
        const result = config.kernelFunc(parameters) as tf.TensorInfo;
        if (!started) return result;
        const {inputs, attrs} = parameters;
        const backend = parameters.backend as tf.KernelBackend;
        const named = Object.entries(inputs).filter(([, input]) => input) as [
          string,
          tf.TensorInfo,
        ][];
        kept.push({
          call: {
            kernel: config.kernelName as MacKernel,
            inBackward: backward > 0,
            ids: Object.fromEntries(named.map(([name, {dataId}]) => [name, dataId])),
            attributes: {...attrs},
          },
          inputs: Object.fromEntries(named.map(([name, input]) => [name, keep(input, backend)])),
          output: keep(result, backend),
        });
        return result;
      },
    });
  }
  try {
    await f(() => (started = true));
  } finally {
    stock.forEach(replace);
    engine.tidy = stockTidy;
  }
  const calls: KernelCall[] = [];
  for (const {call, inputs, output} of kept) {
    const values: Record<string, Nd> = {};
    for (const [name, input] of Object.entries(inputs)) values[name] = await toNd(input);
    calls.push({...call, inputs: values, output: await toNd(output)});
    tf.dispose([inputs, output]);
  }
  return calls;
}

function replace(config: tf.KernelConfig): void {
  tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel(config);
}
