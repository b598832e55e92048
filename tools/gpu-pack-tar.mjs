// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Writes a tar archive (POSIX ustar) that every tar can unpack, without a tar program. tar.mjs reads them.

const BLOCK = 512;

/**
 * @typedef {object} TarFile
 * @property {string} name  With slashes; up to 100 bytes.
 * @property {number} mode  Permissions, such as 0o755.
 * @property {Buffer} content
 */

/**
 * @param {readonly TarFile[]} files  In this order; folders are made by unpacking.
 * @param {number} seconds  Time of all files, since 1970: the same input gives the same archive.
 * @returns {Buffer}
 */
export function writeTar(files, seconds) {
  const blocks = files.flatMap(({name, mode, content}) => [
    header(name, mode, content.length, seconds),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/**
 * @param {string} name
 * @param {number} mode
 * @param {number} size
 * @param {number} seconds
 */
function header(name, mode, size, seconds) {
  if (Buffer.byteLength(name) > 100) {
    throw new Error(`tar: the name ${name} is longer than 100 bytes`);
  }
  const block = Buffer.alloc(BLOCK);
  /** @type {(value: number, offset: number, length: number) => void} */
  const octal = (value, offset, length) => {
    block.write(value.toString(8).padStart(length - 1, '0') + '\0', offset);
  };
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(seconds, 136, 12);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
  return block;
}
