// SPDX-License-Identifier: Apache-2.0
/**
 * The headerless table layout of TFApprox (F. Vaverka et al., DATE 2020; mul8u_*.bin): 256 x 256
 * little-endian uint16, the products of the integers 0..255. Row = first operand, the activation.
 * As a significand multiplier of m = 7 it is asked for 128 + i and 128 + j.
 */
import {LutFormatError, type MantissaLut} from '@tfjs-approx/arithmetic';
import {readLittleEndian} from '@tfjs-approx/arithmetic/internal';
import {type MatrixOptions, assertNearIntegers, lutFromMatrix} from './matrix.js';

const SIDE = 256;

/** No file of an ApproxTrain layout has this length, which is 2^(2m) or 2^(2m + 2) there. */
export const TFAPPROX_BYTES = SIDE * SIDE * 2;

/**
 * @throws {LutFormatError} if the length is another, the products are those of signed integers, or
 *     they are no products of integers.
 */
export function decodeTfApprox(
  bytes: Uint8Array,
  options: Omit<MatrixOptions, 'entries'>,
): MantissaLut {
  const {file} = options;
  if (bytes.length !== TFAPPROX_BYTES) {
    throw new LutFormatError(file, 'length', {
      found: `${bytes.length} bytes`,
      expected: `${TFAPPROX_BYTES}: ${SIDE} x ${SIDE} of 16 bits`,
    });
  }
  const matrix = {rows: SIDE, columns: SIDE, values: readLittleEndian(bytes, 2)};
  const lut = lutFromMatrix(matrix, {...options, entries: 'integers'});
  assertNearIntegers(matrix, file);
  return lut;
}
