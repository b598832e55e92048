// SPDX-License-Identifier: Apache-2.0
/**
 * What needs Node: table files (the extension says the format, and a file is written whole or not at
 * all), pictures as PNG, and tables from models in C and C++.
 */
import {randomUUID} from 'node:crypto';
import {open, readFile, rename, rm} from 'node:fs/promises';
import {extname} from 'node:path';
import {LutFormatError} from './errors.js';
import {
  type ApproxTrainLayout,
  type ApproxTrainOptions,
  approxTrainLayoutFor,
  decodeApproxTrain,
  encodeApproxTrain,
  mantissaBitsInName,
} from './lut/approxtrain.js';
import type {MantissaLut} from './lut/lut.js';
import {decodeLut, encodeLut} from './lut/safetensors.js';

export {renderPng} from './picture/render-png.js';
export {type CModelOptions, lutFromC} from './sources/c/lut-from-c.js';
export {type VerilogOptions, lutFromVerilog} from './sources/verilog/verilog.js';

/**
 * Reads a table from a `.safetensors` file or a headerless ApproxTrain `.bin` file.
 *
 * @param options What a `.bin` file does not say: m where its name does not end in `_<m>.bin`.
 * @throws {LutFormatError} if the file is not a good table.
 */
export async function readLut(
  path: string,
  options: Omit<ApproxTrainOptions, 'file'> = {},
): Promise<MantissaLut> {
  const extension = tableExtension(path);
  const bytes = await readFile(path);
  return extension === '.bin'
    ? decodeApproxTrain(bytes, {...options, file: path})
    : decodeLut(bytes, {file: path});
}

/**
 * Writes a table to a `.safetensors` or `.bin` file, by way of a temporary file beside it that is
 * renamed once it is complete.
 *
 * @param options.layout Of a `.bin` file; the narrowest that can express the table unless given.
 * @throws {LutFormatError} if the format cannot express the table, or the name of a `.bin` file
 *     does not end in `_<m>.bin`, without which it cannot be read back.
 */
export async function writeLut(
  path: string,
  lut: MantissaLut,
  {layout}: {layout?: ApproxTrainLayout} = {},
): Promise<void> {
  const extension = tableExtension(path);
  if (extension === '.safetensors') {
    if (layout !== undefined) {
      throw new LutFormatError(path, 'layout', {
        found: layout,
        expected: 'none for a .safetensors file',
        remedy: 'Name the file *_<m>.bin.',
      });
    }
    return writeWhole(path, encodeLut(lut));
  }
  if (mantissaBitsInName(path) !== lut.mantissaBits) {
    throw new LutFormatError(path, 'file name', {
      found: 'another ending',
      expected: `_${lut.mantissaBits}.bin, as the layout does not say m`,
    });
  }
  const chosen = layout ?? approxTrainLayoutFor(lut) ?? 'approxtrain-u32';
  return writeWhole(path, encodeApproxTrain(lut, chosen));
}

function tableExtension(path: string): '.safetensors' | '.bin' {
  const extension = extname(path);
  if (extension === '.safetensors' || extension === '.bin') return extension;
  throw new LutFormatError(path, 'extension', {
    found: extension === '' ? 'none' : extension,
    expected: '.safetensors or .bin',
  });
}

/** Readers see the old file or the new one: a rename within a directory is atomic. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, {force: true});
    throw error;
  }
}
