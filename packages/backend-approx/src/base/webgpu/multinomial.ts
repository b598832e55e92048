// SPDX-License-Identifier: Apache-2.0
/**
 * Multinomial draws by the random numbers of tfjs's CPU kernel. The stock shader hashes the seed with the
 * sample's position, and at the first sample of the first row that is 0 for every seed: a single draw, as of a
 * text's next character, was always outcome 0.
 */
import {getKernel, randomUniform, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import {runFlat} from './program.js';

export const multinomial = (): KernelFunc => call => {
  const {logits} = call.inputs as unknown as {logits: TensorInfo};
  const {numSamples, seed, normalized} = call.attrs as unknown as {
    numSamples: number;
    seed: number;
    normalized: boolean;
  };
  const backend = call.backend as WebGPUBackend;
  const softmax = () =>
    getKernel('Softmax', 'webgpu').kernelFunc({
      inputs: {logits},
      backend,
      attrs: {dim: logits.shape.length - 1},
    }) as TensorInfo;
  const probabilities = normalized ? logits : softmax();
  const [batch, outcomes] = probabilities.shape;
  // Every row draws by the same numbers.
  const numbers = randomUniform([numSamples], 0, 1, 'float32', String(seed));
  const result = runFlat(
    backend,
    {
      key: 'multinomial',
      inputs: {probabilities, numbers},
      uniforms: {samples: numSamples, outcomes},
      body: `
        let start = index / uniforms.samples * uniforms.outcomes;
        let number = numbers[index % uniforms.samples];
        var cumulative = 0.0;
        for (var outcome = 0; outcome < uniforms.outcomes - 1; outcome++) {
          cumulative += probabilities[start + outcome];
          if (number < cumulative) {
            result[index] = outcome;
            return;
          }
        }
        result[index] = uniforms.outcomes - 1;`,
    },
    [batch, numSamples],
    'int32',
  );
  numbers.dispose();
  if (!normalized) backend.disposeData(probabilities.dataId);
  return result;
};
