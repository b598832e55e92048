// SPDX-License-Identifier: Apache-2.0
/**
 * MNIST and Fashion-MNIST from a folder of IDX files, gzipped or not (Node only).
 *
 * Nothing is downloaded. The two sets have the same file names and sizes, so the labels decide
 * whether a folder holds the one that was asked for: Fashion-MNIST's classes are all of one size,
 * MNIST's are not.
 */
import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {DataError} from './data-error.js';
import type {Dataset, ImageSet} from './dataset.js';
import {type IdxArray, parseIdx} from './idx.js';

export interface MnistOptions {
  /** The folder with the four files. Without it, see `loadMnist` and `loadFashionMnist`. */
  dataDir?: string;
  /** Use only the first so many training images. */
  trainLimit?: number;
  /** Use only the first so many test images. */
  testLimit?: number;
}

interface Source {
  name: string;
  /** Subfolder of APPROX_DATA_DIR that is tried first. */
  folder: string;
  /** Folders to try after APPROX_DATA_DIR. */
  systemFolders: string[];
  classNames: string[];
  /** Whether all classes are of one size in the complete set. */
  balanced: boolean;
  /** Where to get the files, one way per line. */
  remedies: string[];
}

const MNIST: Source = {
  name: 'MNIST',
  folder: 'mnist',
  systemFolders: [],
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  balanced: false,
  remedies: [
    'download the four files from https://storage.googleapis.com/cvdf-datasets/mnist/',
    'or from https://ossci-datasets.s3.amazonaws.com/mnist/ into one folder',
  ],
};

const FASHION_MNIST: Source = {
  name: 'Fashion-MNIST',
  folder: 'fashion-mnist',
  systemFolders: ['/usr/share/datasets/fashion-mnist'],
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  balanced: true,
  remedies: [
    'on Debian and Ubuntu: apt install dataset-fashion-mnist',
    'elsewhere: https://github.com/zalandoresearch/fashion-mnist (folder data/fashion)',
  ],
};

const SIDE = 28;
const CLASSES = 10;
const PARTS = {
  train: {images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte', size: 60000},
  test: {images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte', size: 10000},
} as const;
const FILES = Object.values(PARTS).flatMap(part => [part.images, part.labels]);

/**
 * MNIST (Y. LeCun, C. Cortes, C. J. C. Burges): 60,000 training and 10,000 test images, 28x28x1,
 * pixels 0 .. 1.
 *
 * Reads `dataDir`, else `$APPROX_DATA_DIR/mnist` or `$APPROX_DATA_DIR`.
 * @throws {DataError} when files are missing or damaged: says which, where, and how to get them.
 */
export function loadMnist(options: MnistOptions = {}): Promise<Dataset> {
  return load(MNIST, options);
}

/**
 * Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, 2017, MIT licence): as MNIST, with clothes.
 *
 * Reads `dataDir`, else `$APPROX_DATA_DIR/fashion-mnist` or `$APPROX_DATA_DIR`, else the folder of
 * Debian's package, /usr/share/datasets/fashion-mnist.
 * @throws {DataError} when files are missing or damaged: says which, where, and how to get them.
 */
export function loadFashionMnist(options: MnistOptions = {}): Promise<Dataset> {
  return load(FASHION_MNIST, options);
}

async function load(source: Source, options: MnistOptions): Promise<Dataset> {
  checkLimit('trainLimit', options.trainLimit);
  checkLimit('testLimit', options.testLimit);
  const folders = candidates(source, options.dataDir);
  const problems: string[] = [];
  for (const folder of folders) {
    const problem = await unsuitable(source, folder);
    if (problem) {
      problems.push(problem);
      continue;
    }
    const [train, test] = await Promise.all([
      readPart(folder, 'train', options.trainLimit),
      readPart(folder, 'test', options.testLimit),
    ]);
    return {name: source.name, classNames: source.classNames, train, test};
  }
  throw new DataError(
    [
      `${source.name} not found. These four files are needed (as they are or with .gz):`,
      ...FILES.map(file => `  ${file}`),
      folders.length > 0 ? 'Looked in:' : 'No folder to look in: dataDir is not given and',
      ...(folders.length > 0
        ? folders.map((folder, i) => `  ${folder}: ${problems[i]}`)
        : ['  the environment variable APPROX_DATA_DIR is not set.']),
      'To get them:',
      ...source.remedies.map(remedy => `  ${remedy}`),
      'Then name the folder: dataDir (--data-dir) or the environment variable APPROX_DATA_DIR.',
    ].join('\n'),
    FILES,
    folders,
  );
}

/** Folders in which to look, in order. A folder that was asked for by name is the only one. */
function candidates(source: Source, dataDir: string | undefined): string[] {
  if (dataDir) return [dataDir];
  const shared = process.env.APPROX_DATA_DIR;
  return [...(shared ? [join(shared, source.folder), shared] : []), ...source.systemFolders];
}

/** Why a folder cannot be used, or undefined when it can. */
async function unsuitable(source: Source, folder: string): Promise<string | undefined> {
  const paths = await Promise.all(FILES.map(file => locate(folder, file)));
  const missing = FILES.filter((_, i) => paths[i] === undefined);
  if (missing.length === FILES.length) return 'none of them is there';
  if (missing.length > 0) return `${missing.join(', ')} missing`;

  // Only the complete set has known class sizes; cut-down files are taken as they are.
  const {values} = await readIdx(folder, PARTS.test.labels, 1);
  if (values.length !== PARTS.test.size) return undefined;
  const sizes = new Array<number>(CLASSES).fill(0);
  for (const label of values) sizes[label]++;
  const balanced = sizes.every(size => size === sizes[0]);
  if (balanced === source.balanced) return undefined;
  return `holds ${source.balanced ? 'MNIST' : 'Fashion-MNIST'}, by its labels, under the same names`;
}

/** The path of a file, gzipped or not, or undefined when there is none. */
async function locate(folder: string, file: string): Promise<string | undefined> {
  for (const path of [join(folder, file), join(folder, `${file}.gz`)]) {
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}

async function readIdx(folder: string, file: string, rank: number): Promise<IdxArray> {
  const path = (await locate(folder, file))!;
  let bytes: Uint8Array = await readFile(path);
  if (path.endsWith('.gz')) {
    bytes = await promisify(gunzip)(bytes).catch((error: Error) => {
      throw new DataError(
        `Error in ${path}: ${error.message}. It is not gzip data or is cut off; get it again.`,
        [file],
        [folder],
      );
    });
  }
  return parseIdx(bytes, rank, path);
}

async function readPart(
  folder: string,
  name: keyof typeof PARTS,
  limit: number | undefined,
): Promise<ImageSet> {
  const part = PARTS[name];
  const images = await readIdx(folder, part.images, 3);
  const labels = await readIdx(folder, part.labels, 1);
  const [count = 0, height, width] = images.shape;
  if (height !== SIDE || width !== SIDE) {
    throw new DataError(
      `Error in ${join(folder, part.images)}: expected images of ${SIDE}x${SIDE}, but got ` +
        `${height}x${width}.`,
      [part.images],
      [folder],
    );
  }
  if (labels.values.length !== count) {
    throw new DataError(
      `Error in ${folder}: ${part.images} has ${count} images, but ${part.labels} has ` +
        `${labels.values.length} labels. The files do not belong together.`,
      [part.images, part.labels],
      [folder],
    );
  }
  const wrong = labels.values.findIndex(label => label >= CLASSES);
  if (wrong >= 0) {
    throw new DataError(
      `Error in ${join(folder, part.labels)}: label ${labels.values[wrong]} of image ${wrong} is ` +
        `not below ${CLASSES}.`,
      [part.labels],
      [folder],
    );
  }
  const size = Math.min(limit ?? count, count);
  // A plain loop: Float32Array.from with a function takes ten times as long.
  const pixels = new Float32Array(size * SIDE * SIDE);
  for (let p = 0; p < pixels.length; p++) pixels[p] = images.values[p] / 255;
  return {
    size,
    imageShape: [SIDE, SIDE, 1],
    images: pixels,
    labels: labels.values.slice(0, size),
    classes: CLASSES,
  };
}

function checkLimit(option: string, limit: number | undefined): void {
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new RangeError(`Error in ${option}: expected a positive integer, but got ${limit}.`);
  }
}
