// SPDX-License-Identifier: Apache-2.0
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect} from 'chai';
import {DataError, parseIdx} from './index.js';
import {loadFashionMnist, loadMnist} from './node.js';

function idx(shape: number[], values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((n, d) => new DataView(bytes.buffer).setUint32(4 + 4 * d, n));
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

const images = (count: number) =>
  idx(
    [count, 28, 28],
    new Uint8Array(count * 784).map((_, i) => i % 256),
  );
const labels = (count: number) =>
  idx(
    [count],
    Array.from({length: count}, (_, i) => i % 10),
  );
/** Labels of a complete test part, with classes of unequal sizes as in MNIST. */
const unequal = idx(
  [10000],
  Array.from({length: 10000}, (_, i) => (i < 9000 ? i % 10 : 1)),
);

const small = {
  'train-images-idx3-ubyte': images(30),
  'train-labels-idx1-ubyte': labels(30),
  't10k-images-idx3-ubyte': images(20),
  't10k-labels-idx1-ubyte': labels(20),
};

async function failure(promise: Promise<unknown>): Promise<DataError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).to.be.instanceOf(DataError);
  return error as DataError;
}

describe('IDX files', () => {
  it('give shape and values', () => {
    const {shape, values} = parseIdx(idx([2, 1, 3], [1, 2, 3, 4, 5, 255]), 3, 'file');
    expect(shape).to.deep.equal([2, 1, 3]);
    expect([...values]).to.deep.equal([1, 2, 3, 4, 5, 255]);
  });

  it('must have the magic number, rank and length that they announce', () => {
    const good = idx([2, 2], [1, 2, 3, 4]);
    const refuses = (bytes: Uint8Array, rank: number, message: RegExp) =>
      expect(() => parseIdx(bytes, rank, 'x-idx')).to.throw(DataError, message);
    refuses(good.subarray(0, 6), 2, /x-idx: .*header of 12 bytes.*has 6/);
    refuses(good, 1, /magic number 0x00000801.*got 0x00000802/);
    refuses(gzipSync(new Uint8Array(99)), 2, /gzip data: decompress it first/);
    refuses(good.subarray(0, 15), 2, /2 x 2 = 4 elements, but 3 bytes follow/);
    refuses(Uint8Array.of(...good, 0), 2, /4 elements, but 5 bytes follow/);
  });
});

describe('MNIST and Fashion-MNIST loaders', function () {
  this.timeout(20_000);
  let root: string;
  const given = process.env.APPROX_DATA_DIR;

  const folder = async (name: string, files: Record<string, Uint8Array>) => {
    const path = join(root, name);
    await mkdir(path, {recursive: true});
    for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes);
    return path;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'approx-models-'));
    delete process.env.APPROX_DATA_DIR;
  });
  afterEach(() => rm(root, {recursive: true}));
  after(() => {
    if (given !== undefined) process.env.APPROX_DATA_DIR = given;
  });

  it('read plain and gzipped files alike', async () => {
    const plain = await loadMnist({dataDir: await folder('plain', small)});
    const zipped = Object.entries(small).map(([file, bytes]) => [`${file}.gz`, gzipSync(bytes)]);
    const gz = await loadMnist({dataDir: await folder('gz', Object.fromEntries(zipped))});
    expect(plain).to.deep.equal(gz);
    expect(plain.train).to.include({size: 30, classes: 10});
    expect(plain.train.imageShape).to.deep.equal([28, 28, 1]);
    expect(plain.train.images[255]).to.equal(1);
    expect(plain.train.images[51]).to.equal(Math.fround(0.2));
    expect([...plain.test.labels.subarray(0, 11)]).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
  });

  it('stop at the limits', async () => {
    const dataDir = await folder('limits', small);
    const {train, test} = await loadMnist({dataDir, trainLimit: 7, testLimit: 99});
    expect([train.size, train.images.length, train.labels.length]).to.deep.equal([7, 7 * 784, 7]);
    expect(test.size).to.equal(20);
    expect(await loadMnist({dataDir, trainLimit: 0}).catch(e => e)).to.be.instanceOf(RangeError);
  });

  it('use APPROX_DATA_DIR, its subfolder first, unless a folder is given', async () => {
    process.env.APPROX_DATA_DIR = await folder('shared', small);
    expect((await loadMnist()).train.size).to.equal(30);
    await folder('shared/mnist', {
      ...small,
      'train-images-idx3-ubyte': images(12),
      'train-labels-idx1-ubyte': labels(12),
    });
    expect((await loadMnist()).train.size).to.equal(12);
    const error = await failure(loadMnist({dataDir: join(root, 'nowhere')}));
    expect(error.folders).to.deep.equal([join(root, 'nowhere')]);
  });

  it('say which files are missing, where they looked and where to get them', async () => {
    const nowhere = await failure(loadMnist());
    expect(nowhere.message).to.contain('APPROX_DATA_DIR is not set');
    for (const file of Object.keys(small)) expect(nowhere.message).to.contain(file);
    expect(nowhere.message).to.contain('https://storage.googleapis.com/cvdf-datasets/mnist/');
    expect(nowhere.files).to.deep.equal(Object.keys(small));

    const dataDir = await folder('partly', {...small});
    await rm(join(dataDir, 't10k-labels-idx1-ubyte'));
    const partly = await failure(loadFashionMnist({dataDir}));
    expect(partly.message).to.contain(`${dataDir}: t10k-labels-idx1-ubyte missing`);
    expect(partly.message).to.contain('apt install dataset-fashion-mnist');
  });

  it('tell the two sets apart by their labels', async () => {
    const fashion = {...small, 't10k-images-idx3-ubyte': images(10000)};
    const equal = await folder('f', {...fashion, 't10k-labels-idx1-ubyte': labels(10000)});
    const skewed = await folder('m', {...fashion, 't10k-labels-idx1-ubyte': unequal});
    expect((await loadFashionMnist({dataDir: equal, testLimit: 5})).name).to.equal('Fashion-MNIST');
    expect((await loadMnist({dataDir: skewed, testLimit: 5})).name).to.equal('MNIST');
    expect((await failure(loadMnist({dataDir: equal}))).message).to.contain('holds Fashion-MNIST');
    expect((await failure(loadFashionMnist({dataDir: skewed}))).message).to.contain('holds MNIST');
  });

  it('name the damaged file', async () => {
    const damaged = async (name: string, files: Record<string, Uint8Array>) =>
      (await failure(loadMnist({dataDir: await folder(name, {...small, ...files})}))).message;
    expect(await damaged('a', {'train-images-idx3-ubyte': images(30).subarray(0, 5000)})).to.match(
      /train-images-idx3-ubyte: .*30 x 28 x 28 = 23520 elements, but 4984 bytes/,
    );
    expect(await damaged('b', {'train-labels-idx1-ubyte': labels(29)})).to.match(
      /has 30 images, but train-labels-idx1-ubyte has 29 labels/,
    );
    expect(await damaged('c', {'train-labels-idx1-ubyte': idx([30], Array(30).fill(10))})).to.match(
      /label 10 of image 0/,
    );
    expect(await damaged('d', {'t10k-images-idx3-ubyte': idx([20, 2, 2], Array(80))})).to.match(
      /expected images of 28x28, but got 2x2/,
    );
    const {'t10k-labels-idx1-ubyte': plain, ...rest} = small;
    const cut = gzipSync(plain).subarray(0, 15);
    const dataDir = await folder('e', {...rest, 't10k-labels-idx1-ubyte.gz': cut});
    expect((await failure(loadMnist({dataDir}))).message).to.match(
      /t10k-labels-idx1-ubyte\.gz: .*get it again/,
    );
  });
});

describe('MNIST itself, from APPROX_DATA_DIR (not run when it is unset)', function () {
  this.timeout(60_000);
  before(function () {
    if (process.env.APPROX_DATA_DIR) return;
    // The summary of `npm test` shows the reason.
    Object.assign(this.test!.parent!, {skipReason: 'APPROX_DATA_DIR is not set'});
    this.skip();
  });

  it('has 60,000 and 10,000 images and the canonical class sizes', async () => {
    const {train, test} = await loadMnist();
    expect([train.size, test.size]).to.deep.equal([60000, 10000]);
    const sizes = new Array<number>(10).fill(0);
    for (const label of train.labels) sizes[label]++;
    expect(sizes).to.deep.equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });
});
