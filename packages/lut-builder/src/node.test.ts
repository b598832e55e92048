// SPDX-License-Identifier: Apache-2.0
/** Table files on disk. */
import {mkdir, mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'chai';
import {getMultiplier, LutFormatError, lutFromSignificandProduct} from '@tfjs-approx/arithmetic';
import {readLut, writeLut} from './node.js';

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
}

describe('table files in Node', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  it('come back from .safetensors whole', async () => {
    for (const name of ['mbm7', 'fp16']) {
      const lut = getMultiplier(name).lut();
      await writeLut(at(`${name}.safetensors`), lut);
      expect(await readLut(at(`${name}.safetensors`))).deep.equal(lut);
    }
    expect((await readdir(folder)).sort()).deep.equal(['fp16.safetensors', 'mbm7.safetensors']);
  });

  it('come back from .bin, in the narrowest layout unless one is given', async () => {
    const lut = getMultiplier('mbm7').lut();
    await writeLut(at('mbm_7.bin'), lut);
    expect((await readFile(at('mbm_7.bin'))).length).equal(16384);
    const {provenance} = lut;
    expect(await readLut(at('mbm_7.bin'), {name: 'mbm7', provenance})).deep.equal(lut);
    await writeLut(at('mbm_7.bin'), lut, {layout: 'approxtrain-u32'});
    expect((await readFile(at('mbm_7.bin'))).length).equal(65536);
    expect((await readLut(at('mbm_7.bin'))).entries).deep.equal(lut.entries);
    await writeLut(at('t_11.bin'), getMultiplier('truncated11').lut());
    expect((await readFile(at('t_11.bin'))).length).equal(2 ** 24);
  });

  it('are named in the error of a bad one', async () => {
    await writeFile(at('bad.safetensors'), 'not a table');
    const error = await rejection(readLut(at('bad.safetensors')));
    expect(error).instanceOf(LutFormatError).with.property('file', at('bad.safetensors'));
  });

  it('have a known extension', async () => {
    const lut = getMultiplier('mbm3').lut();
    expect(await rejection(writeLut(at('mbm3.npy'), lut))).instanceOf(LutFormatError);
    expect(await rejection(readLut(at('mbm3')))).instanceOf(LutFormatError);
    for (const [name, remedy] of [
      ['a/Mul.V', 'Build a table first: npx lut-builder build a/Mul.V -o Mul.safetensors'],
      ['mul.cpp', 'Build a table first: npx lut-builder build mul.cpp -o mul.safetensors'],
      ['mul.txt', undefined],
    ] as const) {
      expect(await rejection(readLut(name)))
        .instanceOf(LutFormatError)
        .deep.include({part: 'extension', remedy});
    }
  });

  it('have a name that says m where the layout does not', async () => {
    const lut = getMultiplier('mbm3').lut();
    for (const name of ['mbm3.bin', 'mbm_4.bin']) {
      const error = await rejection(writeLut(at(name), lut));
      expect(error).instanceOf(LutFormatError);
      expect(error.message).contain('_3.bin');
    }
    const layout = 'approxtrain-u8';
    expect(await rejection(writeLut(at('x.safetensors'), lut, {layout}))).instanceOf(
      LutFormatError,
    );
    expect(await readdir(folder)).deep.equal([]);
  });

  it('stay as they were when writing fails', async () => {
    await writeLut(at('x_1.bin'), getMultiplier('mitchell1').lut());
    const before = await readFile(at('x_1.bin'));
    const below = lutFromSignificandProduct(() => 0.5, {name: 'below', mantissaBits: 1});
    expect(await rejection(writeLut(at('x_1.bin'), below))).instanceOf(LutFormatError);
    expect(await readFile(at('x_1.bin'))).deep.equal(before);
    // The rename fails: a folder is in the way. The temporary file is removed.
    await rm(at('x_1.bin'));
    const inTheWay = at('y_1.bin');
    await mkdir(inTheWay);
    await rejection(writeLut(inTheWay, getMultiplier('mitchell1').lut()));
    expect(await readdir(folder)).deep.equal(['y_1.bin']);
  });
});
