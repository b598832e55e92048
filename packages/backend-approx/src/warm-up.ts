// SPDX-License-Identifier: Apache-2.0
/**
 * Compiling shaders before they are needed. Nothing is computed: kernels allocate their outputs and
 * ask for their pipelines (tfjs's flag WEBGPU_ENGINE_COMPILE_ONLY), which the driver compiles side by side.
 */
import {
  addN,
  engine,
  env,
  sum,
  tidy,
  variableGrads,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import {ApproxWebGPUBackend} from './engines/webgpu/backend.js';
import {withoutCounting} from './policy/coverage.js';
import type {LayerLike} from './policy/active-layer.js';
import {setStatesAside} from './recurrent-states.js';

const COMPILE_ONLY = 'WEBGPU_ENGINE_COMPILE_ONLY';

/** A tfjs-layers model, as far as this needs one. */
export interface WarmUpModel {
  apply(inputs: Tensor | Tensor[], options: {training: boolean}): unknown;
  readonly layers: readonly LayerLike[];
  readonly weights: ReadonlyArray<{read(): Tensor}>;
  readonly trainableWeights: readonly unknown[];
}

export interface WarmUpOptions {
  /**
   * Also the gradients; true unless given. The loss, the optimizer and what little tfjs first does on
   * the CPU compile in the first step.
   */
  readonly training?: boolean;
}

/**
 * Compiles the shaders of a model for inputs of these shapes, with the multipliers in force. Weights,
 * states of recurrent layers, coverage and results stay as they are, also when it fails. Without
 * effect on engines that compile nothing.
 *
 * @param model a tfjs-layers model that has been built.
 * @param inputs a batch of the size to come; its values do not matter.
 * @throws {DeviceError} a shader does not compile; the message names the op and the tile.
 */
export async function warmUp(
  model: WarmUpModel,
  inputs: Tensor | Tensor[],
  {training = true}: WarmUpOptions = {},
): Promise<void> {
  const {backend} = engine();
  if (!(backend instanceof ApproxWebGPUBackend)) return;
  env().set(COMPILE_ONLY, true);
  try {
    withoutCounting(() => tidy(() => unchanged(model, () => request(model, inputs, training))));
  } finally {
    env().set(COMPILE_ONLY, false);
    await backend.checkCompileCompletionAsync();
  }
}

function request(model: WarmUpModel, inputs: Tensor | Tensor[], training: boolean): void {
  const outputs = (isTraining: boolean) =>
    [model.apply(inputs, {training: isTraining})].flat() as Tensor[];
  outputs(false);
  if (training && model.trainableWeights.length > 0) {
    variableGrads(() => addN(outputs(true).map(output => sum(output))) as Scalar);
  }
}

/** Puts back what calls of layers move: averages of normalisation layers, states of recurrent ones. */
function unchanged(model: WarmUpModel, run: () => void): void {
  const kept = model.weights.map(weight => {
    const variable = weight.read() as Variable;
    return {variable, value: variable.clone()};
  });
  const putStatesBack = setStatesAside(model.layers);
  try {
    run();
  } finally {
    for (const {variable, value} of kept) {
      // Not through the layer, which would apply the weight's constraint: a computation.
      if (variable.dataId !== value.dataId) variable.assign(value);
    }
    putStatesBack();
  }
}
