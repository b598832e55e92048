// SPDX-License-Identifier: Apache-2.0
/**
 * A fingerprint of the bits that `approx` computes: mbm7 matrix products and a convolution with
 * their gradients. It is the same on every engine and device: see fingerprint-value.ts.
 */
import * as tf from '@tensorflow/tfjs';
import {setMultiplier} from '@tfjs-approx/backend-approx';

/** Runs on the current backend, which must be `approx`. Leaves `mbm7` as the multiplier. */
export async function fingerprint(): Promise<string> {
  setMultiplier('mbm7');
  const outputs = [
    ...withGradients(tf.matMul, numbers([33, 70], 1), numbers([70, 29], 2), [33, 29]),
    // K > 1024: sums in blocks.
    ...withGradients(tf.matMul, numbers([3, 1500], 3), numbers([1500, 2], 4), [3, 2]),
    ...withGradients(
      (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 2, 'same'),
      numbers([2, 9, 9, 3], 5),
      numbers([3, 3, 3, 5], 6),
      [2, 5, 5, 5],
    ),
  ];
  let hash = 0xcbf29ce484222325n;
  for (const output of outputs) {
    const values = (await output.data()) as Float32Array;
    hash = fnv1a(hash, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  tf.dispose(outputs);
  return hash.toString(16).padStart(16, '0');
}

/** The output and the gradients of both operands for one seeded dy. */
function withGradients<T extends tf.Tensor>(
  op: (a: T, b: T) => tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  outputShape: number[],
): tf.Tensor[] {
  return tf.tidy(() => {
    const dy = numbers(outputShape, 7);
    const gradients = tf.grads((...operands: tf.Tensor[]) =>
      op(operands[0] as T, operands[1] as T),
    )([a, b], dy);
    const output = op(a as T, b as T);
    tf.dispose([a, b]);
    return [output, ...gradients];
  });
}

/** Values with a full significand, both signs and exponents -8 .. 7: every change of order shows. */
function numbers(shape: number[], seed: number): tf.Tensor {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float32Array.from({length: size}, () => {
    const significand = 1 + (next() >>> 9) / 2 ** 23;
    const bits = next() >>> 20;
    return (bits & 1 ? -1 : 1) * significand * 2 ** (((bits >>> 1) & 15) - 8);
  });
  return tf.tensor(values, shape);
}

/** FNV-1a, 64 bits (G. Fowler, L. C. Noll, K.-P. Vo). */
function fnv1a(hash: bigint, bytes: Uint8Array): bigint {
  for (const byte of bytes) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash;
}
