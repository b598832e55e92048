// SPDX-License-Identifier: Apache-2.0
/**
 * Ops of tfjs-core that multiply matrices as a means to another end. No hardware would do that on its
 * multiply-accumulate units, so their products are exact, and counted as such.
 *
 * tfjs names a scope after each op that runs, so the op is known however deep the kernel call is. A
 * gradient runs outside that scope: its tape node remembers the reason (layers.ts).
 */
import {engine, type Tensor, type TensorInfo} from '@tensorflow/tfjs-core';
import {opScopes} from './pass.js';
import {session} from '../session.js';

interface HelperOp {
  readonly reason: string;
  /** The orthogonal initialiser runs inside its layer. In others a layer means its products. */
  readonly isExactInLayers?: boolean;
}

/** By the names of their scopes. A test holds them against the source of tfjs-core. */
export const HELPER_OPS: Readonly<Record<string, HelperOp>> = {
  qr: {reason: 'weight initialisation (linalg.qr)', isExactInLayers: true},
  rgbToGrayscale: {reason: 'inside tf.image.rgbToGrayscale'},
  confusionMatrix: {reason: 'inside tf.math.confusionMatrix'},
};

/** Ops whose callers want products. */
export const PRODUCT_OPS: readonly string[] = [
  'basicLSTMCell',
  'conv1d',
  'conv2d',
  'conv2DBackpropFilter',
  'conv2DBackpropInput',
  'conv2dTranspose',
  'conv3d',
  'conv3DBackpropFilter',
  'conv3DBackpropInput',
  'conv3dTranspose',
  'depthwiseConv2d',
  'depthwiseConv2dNativeBackpropFilter',
  'depthwiseConv2dNativeBackpropInput',
  'dot',
  'einsum',
  'fusedConv2d',
  'fusedDepthwiseConv2d',
  'fusedMatMul',
  'matMul',
  'outerProduct',
  'separableConv2d',
];

const REPETITION = 'an outer product with tf.ones, as in tf.meshgrid';

/** Runs a gradient of a helper op, of which no scope tells. */
export function withinHelper<T>(reason: string | null, f: () => T): T {
  const outer = session.helperReason;
  session.helperReason = reason;
  try {
    return f();
  } finally {
    session.helperReason = outer;
  }
}

/**
 * Why the products of the running op are exact; null for products that are wanted.
 *
 * @param isInLayer a layer is running.
 */
export function helperReason(isInLayer: boolean): string | null {
  if (session.helperReason) return session.helperReason;
  for (const name of opScopes()) {
    const helper = Object.hasOwn(HELPER_OPS, name) ? HELPER_OPS[name] : undefined;
    if (helper && (helper.isExactInLayers || !isInLayer)) return helper.reason;
  }
  return null;
}

/** Data of matrices of one row or column of ones, but of arrays that were given to a matMul. */
const ones = new WeakSet<object>();

interface TensorMaker {
  makeTensor(values: unknown, shape: number[], ...rest: unknown[]): Tensor;
}

const tracked = new WeakSet<object>();

/**
 * tf.meshgrid is no op: it repeats a vector by matMul with tf.ones, and no scope is named after it.
 * What it does is known by its form. Idempotent.
 */
export function trackOnes(): void {
  const maker = engine() as unknown as TensorMaker;
  if (tracked.has(maker)) return;
  tracked.add(maker);
  const makeTensor = maker.makeTensor.bind(maker);
  maker.makeTensor = (values, shape, ...rest) => {
    const tensor = makeTensor(values, shape, ...rest);
    const isVector = shape?.length === 2 && shape.includes(1);
    if (isVector && values instanceof Float32Array && opScopes().at(-1) !== 'matMul') {
      if (values.every(value => value === 1)) ones.add(tensor.dataId);
    }
    return tensor;
  };
}

/** The reason if a matMul only repeats a row or a column. */
export function repetitionReason(
  kernelName: string,
  {a, b}: Readonly<Record<string, TensorInfo>>,
  {transposeA, transposeB}: Readonly<Record<string, unknown>>,
): string | null {
  if (kernelName !== 'BatchMatMul' || transposeA || transposeB || a.shape.at(-1) !== 1) return null;
  return ones.has(a.dataId) || ones.has(b.dataId) ? REPETITION : null;
}
