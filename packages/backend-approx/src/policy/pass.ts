// SPDX-License-Identifier: Apache-2.0
/**
 * Which pass a kernel call belongs to - forward, inputGradient (dX) or weightGradient (dW) - and
 * whether its operands arrive exchanged.
 *
 * tfjs does not say, so three sources are combined: the name of the innermost `forward` or
 * `backward` scope; a context that the wrapped gradient functions set around each call; and, for
 * fused nodes, whose gradients are computed all at once, the identity of the saved operand.
 */
import {engine, util, type TensorInfo} from '@tensorflow/tfjs-core';
import type {GradientOf} from '../kernels/lowering.js';
import {session, type Pass, type ProductContext} from '../session.js';

export type {Pass, ProductContext};
export const PASSES: readonly Pass[] = ['forward', 'inputGradient', 'weightGradient'];

const FORWARD: ProductContext = {pass: 'forward', exchanged: false};
export const INPUT_GRADIENT: ProductContext = {pass: 'inputGradient', exchanged: false};
export const WEIGHT_GRADIENT: ProductContext = {pass: 'weightGradient', exchanged: false};

/** Runs `f` with the pass of every kernel call inside it declared. */
export function withPass<T>(context: ProductContext, f: () => T): T {
  const outer = session.declaredPass;
  session.declaredPass = context;
  try {
    return f();
  } finally {
    session.declaredPass = outer;
  }
}

/** Parts of the scope stack of tfjs-core 4.22 that say what is running. */
interface EngineScopes {
  scopeStack: ReadonlyArray<{name?: string}>;
}

function scopeNames(): EngineScopes['scopeStack'] {
  return (engine().state as unknown as EngineScopes).scopeStack;
}

const OP_SUFFIX = '__op';

/** The ops that are running, outermost first, by their names in tfjs-core. */
export function opScopes(): string[] {
  const names: string[] = [];
  for (const {name} of scopeNames()) {
    if (name?.endsWith(OP_SUFFIX)) names.push(name.slice(0, -OP_SUFFIX.length));
  }
  return names;
}

function inBackwardScope(): boolean {
  const scopes = scopeNames();
  for (let i = scopes.length - 1; i >= 0; i--) {
    if (scopes[i].name === 'forward') return false;
    if (scopes[i].name === 'backward') return true;
  }
  return false;
}

/**
 * @param gradient what the kernel forms under a gradient.
 * @param inputs of the kernel call, by tfjs's names.
 */
export function productContext(
  gradient: GradientOf,
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: Readonly<Record<string, unknown>>,
): ProductContext {
  if (session.declaredPass) return session.declaredPass;
  if (!inBackwardScope()) {
    if (gradient === 'savedOperand') rememberRoles(inputs, attributes);
    return FORWARD;
  }
  switch (gradient) {
    case 'input':
      return INPUT_GRADIENT;
    case 'weight':
      return WEIGHT_GRADIENT;
    case 'savedOperand':
      return fusedMatMulGradient(inputs, attributes) ?? INPUT_GRADIENT;
  }
}

/** How a tensor was used by a forward matMul. Saved tensors share their dataId with it. */
interface Role {
  readonly operand: 'a' | 'b';
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Batch dimensions of the other operand, in whose gradient this one takes part. */
  readonly otherBatch: readonly number[];
}

const roles = new WeakMap<object, Role[]>();

function rememberRoles(
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: Readonly<Record<string, unknown>>,
): void {
  const transposeA = !!attributes.transposeA;
  const transposeB = !!attributes.transposeB;
  for (const operand of ['a', 'b'] as const) {
    const known = roles.get(inputs[operand].dataId) ?? [];
    const otherBatch = inputs[operand === 'a' ? 'b' : 'a'].shape.slice(0, -2);
    const isKnown = known.some(
      role =>
        role.operand === operand &&
        role.transposeA === transposeA &&
        role.transposeB === transposeB &&
        util.arraysEqual(role.otherBatch as number[], otherBatch),
    );
    if (isKnown) continue;
    known.push({operand, transposeA, transposeB, otherBatch});
    roles.set(inputs[operand].dataId, known);
  }
}

/**
 * The gradients of a fused matMul in tfjs-core's fused/mat_mul.ts. In which position the saved
 * operand stands and how the call is transposed tell dA from dB, even when one tensor was both
 * operands.
 */
function fusedMatMulGradient(
  {a: p, b: q}: Readonly<Record<string, TensorInfo>>,
  attributes: Readonly<Record<string, unknown>>,
): ProductContext | null {
  const callA = !!attributes.transposeA;
  const callB = !!attributes.transposeB;
  const contexts: ProductContext[] = [];
  for (const [saved, savedFirst] of [
    [q, false],
    [p, true],
  ] as const) {
    for (const role of roles.get(saved.dataId) ?? []) {
      const {operand, transposeA, transposeB, otherBatch: outputBatch} = role;
      if (operand === 'b') {
        // dA = matMul(dy, b, false, !transposeB), or with a transposed: matMul(b, dy, transposeB, true).
        const fits = transposeA
          ? savedFirst && callA === transposeB && callB
          : !savedFirst && !callA && callB === !transposeB;
        if (fits) contexts.push({pass: 'inputGradient', exchanged: transposeA, outputBatch});
      } else {
        // dB = matMul(a, dy, !transposeA, false), or with b transposed: matMul(dy, a, true, transposeA).
        const fits = transposeB
          ? !savedFirst && callA && callB === transposeA
          : savedFirst && callA === !transposeA && !callB;
        if (fits) contexts.push({pass: 'weightGradient', exchanged: transposeB, outputBatch});
      }
    }
  }
  if (contexts.length === 0) return null;
  // One tensor that met operands of several batch sizes: which of them this is cannot be told.
  const [{pass, exchanged, outputBatch}] = contexts;
  const isKnown = contexts.every(context => `${context.outputBatch}` === `${outputBatch}`);
  return isKnown ? {pass, exchanged, outputBatch} : {pass, exchanged};
}
