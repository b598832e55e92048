// SPDX-License-Identifier: Apache-2.0
/** What every data set looks like: images and labels as typed arrays, and their way to tensors. */
import * as tf from '@tensorflow/tfjs';

/** Labelled images, kept in typed arrays so that no backend is involved until tensors are made. */
export interface ImageSet {
  /** Number of images, n. */
  readonly size: number;
  /** [height, width, channels] of one image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Pixels in 0 .. 1, [n, height, width, channels] in row-major order. */
  readonly images: Float32Array;
  /** Class of each image, 0 .. classes-1; length n. */
  readonly labels: Uint8Array;
  /** Number of classes. */
  readonly classes: number;
}

/** A data set with its fixed split. */
export interface Dataset {
  /** For people: `UCI digits`, `MNIST`, ... */
  readonly name: string;
  /** Names of the classes, by label. */
  readonly classNames: readonly string[];
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** Images and one-hot labels of some or all elements of a set, as a model takes them. */
export interface ImageTensors {
  /** [n, height, width, channels], float32, 0 .. 1. */
  xs: tf.Tensor4D;
  /** [n, classes], float32, one-hot. */
  ys: tf.Tensor2D;
}

/**
 * One-hot encoding of class labels.
 * @returns [labels.length, classes] in row-major order: 1 at each label, 0 elsewhere.
 */
export function oneHot(labels: Uint8Array, classes: number): Float32Array {
  const encoded = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    if (label >= classes) {
      throw new RangeError(`Error in oneHot: label ${label} is not below ${classes} classes.`);
    }
    encoded[i * classes + label] = 1;
  });
  return encoded;
}

/** The elements at the given indices, in that order, as a new set. */
export function pick(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  const pixels = set.imageShape[0] * set.imageShape[1] * set.imageShape[2];
  const images = new Float32Array(indices.length * pixels);
  const labels = new Uint8Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i];
    if (!(from >= 0 && from < set.size)) {
      throw new RangeError(`Error in pick: index ${from} is outside a set of ${set.size} images.`);
    }
    images.set(set.images.subarray(from * pixels, (from + 1) * pixels), i * pixels);
    labels[i] = set.labels[from]!;
  }
  return {...set, size: indices.length, images, labels};
}

/** The first `count` elements (all, when there are fewer). No pixels are copied. */
export function take(set: ImageSet, count: number): ImageSet {
  const size = Math.min(count, set.size);
  const pixels = set.imageShape[0] * set.imageShape[1] * set.imageShape[2];
  return {
    ...set,
    size,
    images: set.images.subarray(0, size * pixels),
    labels: set.labels.subarray(0, size),
  };
}

/**
 * Makes tensors of a set on the current backend. The caller disposes of them.
 * @returns xs [n, height, width, channels] and one-hot ys [n, classes].
 */
export function toTensors(set: ImageSet): ImageTensors {
  return {
    xs: tf.tensor4d(set.images, [set.size, ...set.imageShape]),
    ys: tf.tensor2d(oneHot(set.labels, set.classes), [set.size, set.classes]),
  };
}
