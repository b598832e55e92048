// SPDX-License-Identifier: Apache-2.0
/**
 * What needs Node: table files (the extension says the format, and a file is written whole or not at
 * all), pictures as PNG, and tables from models in C, C++ and Verilog.
 */
import {
  type ApproxTrainLayout,
  approxTrainLayoutFor,
  type ApproxTrainOptions,
  decodeApproxTrain,
  decodeLut,
  encodeApproxTrain,
  encodeLut,
  LutFormatError,
  mantissaBitsInName,
  type MantissaLut,
} from '@tfjs-approx/arithmetic';
import {circuitFactsOf} from './analysis/circuit-facts.js';
import {extensionOf} from './file-extension.js';
import {buildFirst, languageOf} from './sources/languages.js';
import {decodeCsv} from './sources/tables/csv.js';
import {type EntryKind, lutFromMatrix} from './sources/tables/matrix.js';
import {decodeNpy} from './sources/tables/npy.js';
import {TFAPPROX_BYTES, decodeTfApprox} from './sources/tables/tfapprox.js';
import {readWhole} from './read-whole.js';
import {writeWhole} from './write-whole.js';

export {renderPng} from './picture/render-png.js';
export {type CModelOptions, lutFromC} from './sources/c/lut-from-c.js';
export {ENTRY_KINDS, type EntryKind} from './sources/tables/matrix.js';
export {type VerilogOptions, lutFromVerilog} from './sources/verilog/verilog.js';

/** Kinds of table files by what their names end in; the first two can be written too. */
export const TABLE_EXTENSIONS = ['.safetensors', '.bin', '.npy', '.csv'] as const;
export const WRITTEN_EXTENSIONS = ['.safetensors', '.bin'] as const;

/** What a file does not say. */
export interface ReadLutOptions extends Omit<ApproxTrainOptions, 'file'> {
  /** Of `.npy` and `.csv` files; told from the values unless given. */
  readonly entries?: EntryKind;
}

/**
 * Reads a table from a `.safetensors` file, a `.npy` or `.csv` file with a square table, or a
 * headerless `.bin` file in a layout of ApproxTrain or TFApprox.
 *
 * @param options What the file does not say: m where the name of a `.bin` file does not end in
 *     `_<m>.bin`, or what the entries of a `.npy` or `.csv` file are.
 * @throws {LutFormatError} if the file is not a good table.
 * @throws {FileError} if it is a folder, device or pipe, or far too long.
 */
export async function readLut(path: string, options: ReadLutOptions = {}): Promise<MantissaLut> {
  const extension = extensionIn(path, TABLE_EXTENSIONS, languageOf(path) && buildFirst(path));
  const bytes = await readWhole(path);
  const withFile = {...options, file: path};
  switch (extension) {
    case '.safetensors': {
      const lut = decodeLut(bytes, {file: path});
      circuitFactsOf(lut, path);
      return lut;
    }
    case '.npy':
      return lutFromMatrix(decodeNpy(bytes, path), withFile);
    case '.csv':
      return lutFromMatrix(decodeCsv(bytes, path), withFile);
    case '.bin':
      return isTfApprox(bytes, options)
        ? decodeTfApprox(bytes, withFile)
        : decodeApproxTrain(bytes, withFile);
  }
}

/** By its length, whatever number ends its name: the layout has an m of its own. */
function isTfApprox({length}: Uint8Array, {layout, mantissaBits = 7}: ReadLutOptions): boolean {
  return length === TFAPPROX_BYTES && layout === undefined && mantissaBits === 7;
}

/**
 * Writes a table to a `.safetensors` or `.bin` file, by way of a temporary file beside it that is
 * renamed once it is complete.
 *
 * @param options.layout Of a `.bin` file; the narrowest that can express the table unless given.
 * @throws {LutFormatError} if the format cannot express the table, or the name of a `.bin` file
 *     does not end in `_<m>.bin`, without which it cannot be read back.
 * @throws {FileError} if there is a folder, device or pipe of that name.
 */
export async function writeLut(
  path: string,
  lut: MantissaLut,
  {layout}: {layout?: ApproxTrainLayout} = {},
): Promise<void> {
  if (extensionIn(path, WRITTEN_EXTENSIONS) === '.safetensors') {
    if (layout !== undefined) {
      throw new LutFormatError(path, 'layout', {
        found: layout,
        expected: 'none for a .safetensors file',
        remedy: 'Name the file *_<m>.bin.',
      });
    }
    return writeWhole([{path, bytes: encodeLut(lut)}]);
  }
  if (mantissaBitsInName(path) !== lut.mantissaBits) {
    throw new LutFormatError(path, 'file name', {
      found: 'another ending',
      expected: `_${lut.mantissaBits}.bin, as the layout does not say m`,
    });
  }
  const chosen = layout ?? approxTrainLayoutFor(lut) ?? 'approxtrain-u32';
  return writeWhole([{path, bytes: encodeApproxTrain(lut, chosen)}]);
}

function extensionIn<E extends string>(path: string, known: readonly E[], remedy?: string): E {
  const extension = extensionOf(path);
  const found = known.find(one => one === extension);
  if (found) return found;
  throw new LutFormatError(path, 'extension', {
    found: extension === '' ? 'none' : extension,
    expected: `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`,
    remedy,
  });
}
