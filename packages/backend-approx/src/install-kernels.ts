// SPDX-License-Identifier: Apache-2.0
/**
 * Puts the kernels of `approx` in place: those of a stock backend for everything that holds no
 * multiply-accumulates, and the lowered ones over it. This is where kernels, policy and engine meet.
 */
import {
  getKernel,
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  util,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {Base} from './base/base.js';
import {exchangeOperands, type Contraction} from './contraction/contraction.js';
import {isExact, resolveMacUnit} from '@tfjs-approx/arithmetic';
import type {Engine} from './engines/engine.js';
import {ApproxError} from './errors.js';
import {
  isEpilogueActivation,
  MAC_KERNELS,
  type Attributes,
  type Lowering,
  type MacKernel,
} from './kernels/index.js';
import {count} from './policy/coverage.js';
import {helperReason, repetitionReason} from './policy/helper-ops.js';
import {productContext} from './policy/pass.js';
import {assignedUnit} from './policy/assignment.js';
import {activeLayer} from './policy/active-layer.js';
import {unitFor} from './policy/policy.js';
import {announce} from './recording/observer.js';

export const BACKEND_NAME = 'approx';

/** @param base whose kernels are used for everything else. */
export function installKernels(base: Base, engine: Engine): void {
  for (const {kernelName} of getKernelsForBackend(BACKEND_NAME)) {
    unregisterKernel(kernelName, BACKEND_NAME);
  }
  const replaced = new Set(['Multiply', ...MAC_KERNELS.map(kernel => kernel.kernelName)]);
  for (const kernel of getKernelsForBackend(base.name)) {
    const {kernelName} = kernel;
    if (replaced.has(kernelName)) continue;
    const kernelFunc = stockKernel(base, kernelName)!;
    registerKernel({...kernel, kernelFunc, backendName: BACKEND_NAME});
  }
  const has = new Set([
    ...replaced,
    ...getKernelsForBackend(base.name).map(({kernelName}) => kernelName),
  ]);
  for (const kernel of base.missingKernels(has)) {
    registerKernel({...kernel, backendName: BACKEND_NAME});
  }
  reportDotProducts(base);
  for (const kernel of MAC_KERNELS) {
    const stock = stockKernel(base, kernel.kernelName);
    registerKernel({
      kernelName: kernel.kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: approximateKernel(kernel, stock, engine),
    });
  }
}

/** What does a kernel without approximate products: the base's replacement, or the stock kernel. */
function stockKernel(base: Base, kernelName: string): KernelFunc | undefined {
  const stock = getKernel(kernelName, base.name)?.kernelFunc;
  return stock && (base.replacements[kernelName]?.(stock) ?? stock);
}

/**
 * The one multiply-accumulate that runs in no kernel of its own: tfjs-layers' Dot of rank-2 inputs
 * is Multiply and Sum. It stays exact, so it is reported.
 */
function reportDotProducts(base: Base): void {
  const multiply = stockKernel(base, 'Multiply')!;
  registerKernel({
    kernelName: 'Multiply',
    backendName: BACKEND_NAME,
    kernelFunc: call => {
      const active = activeLayer();
      const inputs = call.inputs as unknown as Inputs;
      // The gradient of Sum multiplies too, by ones of another shape: that is no product of Dot's.
      const isProduct = util.arraysEqual(inputs.a.shape, inputs.b.shape);
      if (isProduct && active?.layer.getClassName() === 'Dot') {
        const {pass} = productContext('input', inputs, {});
        const reason = 'Dot of rank 2 is Multiply and Sum in tfjs';
        const macs = util.sizeFromShape(inputs.a.shape);
        count({
          layer: active.path,
          kernel: 'Multiply',
          pass,
          multiplier: 'exact',
          exact: true,
          reason,
          macs,
        });
      }
      return multiply(call);
    },
  });
}

type Inputs = Readonly<Record<string, TensorInfo>>;

function approximateKernel(
  kernel: MacKernel,
  stock: KernelFunc | undefined,
  engine: Engine,
): KernelFunc {
  const {kernelName, operands} = kernel;
  return call => {
    const inputs = call.inputs as unknown as Inputs;
    const attributes = (call.attrs ?? {}) as Attributes;
    const [first, second] = operands.map(name => inputs[name]);
    // An einsum of one operand permutes and sums: it holds no products.
    if (!second) return runStock(kernelName, stock, call);
    const context = productContext(kernel.gradient, inputs, attributes);
    const {pass, outputBatch} = context;
    const {lowering, exchanged} = lower(kernel, inputs, attributes, outputBatch);
    const {macs, outputShape} = lowering;
    const active = activeLayer();
    const layer = active?.path ?? '';
    const helper =
      helperReason(active !== null) ??
      (active ? null : repetitionReason(kernelName, inputs, attributes));
    const noFloats = reasonForNoFloats(first, second);
    const reason = helper ?? noFloats;
    if (reason) {
      count({layer, kernel: kernelName, pass, multiplier: 'exact', exact: true, reason, macs});
    }
    if (noFloats) return runStock(kernelName, stock, call);
    const unit = reason ? resolveMacUnit('fp32') : (assignedUnit(pass) ?? unitFor(pass));
    const {bias} = inputs;
    const backend = call.backend as KernelBackend;
    const ordered = context.exchanged ? ([second, first] as const) : ([first, second] as const);
    if (!reason) announce({layer, pass, macs, operands: ordered, backend});
    const output = engine.run(
      context.exchanged ? exchanged() : lowering.contractions,
      outputShape,
      {first: ordered[0], second: ordered[1], bias},
      unit,
    );
    if (!reason) {
      count({
        layer,
        kernel: kernelName,
        pass,
        multiplier: unit.name,
        exact: isExact(unit),
        ...(isExact(unit) ? {reason: `${unit.name} products are exact`} : {}),
        macs,
      });
    }
    return activate(output, inputs, attributes, backend);
  };
}

function runStock(
  kernelName: string,
  stock: KernelFunc | undefined,
  call: Parameters<KernelFunc>[0],
): ReturnType<KernelFunc> {
  if (stock) return stock(call);
  throw new ApproxError(
    `Error in ${kernelName}: these inputs need the stock kernel, which the base backend lacks. ` +
      `Cast them to float32, or set APPROX_ENGINE=cpu.`,
  );
}

function reasonForNoFloats(first: TensorInfo, second: TensorInfo): string | null {
  const other = [first, second].find(({dtype}) => dtype !== 'float32');
  return other ? `${other.dtype} operands` : null;
}

interface CachedLowering {
  readonly lowering: Lowering;
  /** The contractions with operands exchanged; the same objects at every call. */
  exchanged(): readonly Contraction[];
}

/** Engines keep what they prepared per contraction, so equal calls must get equal objects. */
const lowerings = new Map<string, CachedLowering>();
const MOST_LOWERINGS = 4096;

function lower(
  kernel: MacKernel,
  inputs: Inputs,
  attributes: Attributes,
  outputBatch?: readonly number[],
): CachedLowering {
  let key = kernel.kernelName;
  const shapes: Record<string, readonly number[]> = {};
  for (const name in inputs) {
    const input = inputs[name];
    if (!input) continue;
    shapes[name] = input.shape;
    key += `|${name}:${input.shape.join()}`;
  }
  key += JSON.stringify(attributes);
  if (outputBatch) key += `|to:${outputBatch.join()}`;
  let cached = lowerings.get(key);
  if (!cached) {
    const lowering = kernel.lower(shapes, attributes, outputBatch);
    let exchanged: readonly Contraction[] | null = null;
    cached = {
      lowering,
      exchanged: () => (exchanged ??= lowering.contractions.map(exchangeOperands)),
    };
    // The oldest goes: a program that makes ever new shapes must not grow without bound.
    if (lowerings.size >= MOST_LOWERINGS) lowerings.delete(lowerings.keys().next().value!);
    lowerings.set(key, cached);
  }
  return cached;
}

/** Activations that no epilogue does are element-wise stock kernels, as under a gradient. */
const ACTIVATION_KERNELS: Readonly<Record<string, string>> = {
  elu: 'Elu',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
  sigmoid: 'Sigmoid',
};

function activate(
  x: TensorInfo,
  inputs: Inputs,
  attributes: Attributes,
  backend: KernelBackend,
): TensorInfo {
  const {activation} = attributes;
  if (activation == null || isEpilogueActivation(activation)) return x;
  const kernelName = ACTIVATION_KERNELS[activation as string];
  const kernel = kernelName ? getKernel(kernelName, BACKEND_NAME) : null;
  util.assert(kernel != null, () => `Activation ${String(activation)} has not been implemented.`);
  const alpha = inputs.preluActivationWeights;
  const isPerChannel = attributes.dataFormat === 'NCHW' && alpha?.shape.length === 1;
  const y = kernel!.kernelFunc({
    inputs:
      activation === 'prelu'
        ? {x, alpha: isPerChannel ? {...alpha, shape: [alpha.shape[0], 1, 1]} : alpha}
        : {x},
    attrs: {alpha: attributes.leakyreluAlpha as number},
    backend,
  }) as TensorInfo;
  backend.disposeData(x.dataId);
  return y;
}
