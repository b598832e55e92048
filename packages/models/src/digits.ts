// SPDX-License-Identifier: Apache-2.0
/**
 * The UCI digits, embedded: a data set that needs no file, no network and no build step.
 *
 * E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
 * Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0.
 */
import {DataError} from './data-error.js';
import {type Dataset, type ImageSet, pick} from './dataset.js';
import {DIGITS_BASE64, DIGITS_COUNT} from './digits-data.js';
import {permutation} from './random.js';
import {resizeBilinear} from './resize.js';

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const WHITE = 16;
const CLASSES = 10;
const TEST_IMAGES = 360;
/** Fixes the split for good: another value would be another data set. */
const SPLIT_SEED = 1998;

/** The digits as they were published. */
export interface RawDigits {
  /** [1797, 8, 8] in row-major order, 0 (background) .. 16. */
  readonly pixels: Uint8Array;
  /** The digit of each image, 0 .. 9; length 1797. */
  readonly labels: Uint8Array;
}

export interface DigitsOptions {
  /** [height, width] to which the 8x8 images are resized bilinearly; [28, 28] unless told. */
  imageSize?: readonly [height: number, width: number];
}

/** The 1,797 original 8x8 images and labels, in the order of the published file. */
export async function rawDigits(): Promise<RawDigits> {
  const columns = await inflate(DIGITS_BASE64);
  if (columns.length !== (PIXELS + 1) * DIGITS_COUNT) {
    throw new DataError(
      `Error in UCI digits: expected ${(PIXELS + 1) * DIGITS_COUNT} bytes, but got ` +
        `${columns.length}. The package is damaged; install it again.`,
    );
  }
  const pixels = new Uint8Array(DIGITS_COUNT * PIXELS);
  for (let i = 0; i < DIGITS_COUNT; i++) {
    for (let p = 0; p < PIXELS; p++) pixels[i * PIXELS + p] = columns[p * DIGITS_COUNT + i]!;
  }
  return {pixels, labels: columns.slice(PIXELS * DIGITS_COUNT)};
}

/**
 * The UCI digits as a data set for 28x28 models: 1,437 training and 360 test images, stratified by
 * class, always the same ones; pixels 0 .. 1, resized in double precision, so that the bits are the
 * same on every machine.
 */
export async function loadDigits(options: DigitsOptions = {}): Promise<Dataset> {
  const [height, width] = options.imageSize ?? [28, 28];
  for (const side of [height, width]) {
    if (!Number.isInteger(side) || side < 1) {
      throw new RangeError(
        `Error in loadDigits: imageSize must be two positive integers, but got ${height}, ${width}.`,
      );
    }
  }
  const {pixels, labels} = await rawDigits();
  const scaled = Float64Array.from(pixels, value => value / WHITE);
  const all: ImageSet = {
    size: DIGITS_COUNT,
    imageShape: [height, width, 1],
    images: resizeBilinear(scaled, DIGITS_COUNT, [SIDE, SIDE], [height, width]),
    labels,
    classes: CLASSES,
  };
  const {train, test} = stratifiedSplit(labels, CLASSES, TEST_IMAGES, SPLIT_SEED);
  return {
    name: 'UCI digits',
    classNames: Array.from({length: CLASSES}, (_, digit) => String(digit)),
    train: pick(all, train),
    test: pick(all, test),
  };
}

/**
 * Splits indices so that every class has the same share of both parts, up to rounding (largest
 * remainders, the lower class first among equals).
 * @returns indices into `labels`, ascending, each in exactly one part; `test` has `testSize`.
 */
export function stratifiedSplit(
  labels: Uint8Array,
  classes: number,
  testSize: number,
  seed: number,
): {train: number[]; test: number[]} {
  const members: number[][] = Array.from({length: classes}, () => []);
  labels.forEach((label, i) => members[label].push(i));

  const shares = members.map(group => (group.length * testSize) / labels.length);
  const quotas = shares.map(Math.floor);
  const left = testSize - quotas.reduce((sum, quota) => sum + quota, 0);
  const remainder = (label: number) => shares[label] - quotas[label];
  const byRemainder = quotas
    .map((_, label) => label)
    .sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const label of byRemainder.slice(0, left)) quotas[label]++;

  const train: number[] = [];
  const test: number[] = [];
  members.forEach((group, label) => {
    permutation(group.length, seed + label).forEach((member, rank) => {
      (rank < quotas[label] ? test : train).push(group[member]);
    });
  });
  const ascending = (a: number, b: number) => a - b;
  return {train: train.sort(ascending), test: test.sort(ascending)};
}

/** Decodes base64 of zlib data with what both Node and browsers have. */
async function inflate(base64: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
