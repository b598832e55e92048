// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Reads the regular files of an uncompressed tar archive (POSIX ustar), which Node cannot do by itself.

const BLOCK = 512;

/**
 * @param {Buffer} archive
 * @returns {Generator<{name: string, mode: number, content: Buffer}>} Files with relative paths inside the
 *   archive; folders and links are left out.
 */
export function* readTar(archive) {
  for (let offset = 0; offset + BLOCK <= archive.length;) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.every(byte => byte === 0)) {
      return;
    }
    checkHeader(header, offset);
    const size = octal(header, 124, 12);
    const type = String.fromCharCode(header[156] || 0x30);
    const start = offset + BLOCK;
    if (type === '0') {
      if (start + size > archive.length) {
        throw new Error(`tar: ${fileName(header)} is cut off: ${size} bytes at offset ${start}`);
      }
      yield {
        name: fileName(header),
        mode: octal(header, 100, 8) & 0o777,
        content: archive.subarray(start, start + size),
      };
    }
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/**
 * @param {Buffer} header
 * @returns {string}
 */
function fileName(header) {
  const prefix = text(header, 345, 155);
  const name = (prefix ? `${prefix}/` : '') + text(header, 0, 100);
  if (/^[\\/]|^[a-z]:|(^|[\\/])\.\.([\\/]|$)/i.test(name)) {
    throw new Error(`tar: refusing the path ${name}, which leads out of the archive`);
  }
  return name;
}

/**
 * @param {Buffer} header
 * @param {number} offset
 */
function checkHeader(header, offset) {
  // The checksum is the sum of all header bytes, its own eight counted as spaces.
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) {
    sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  }
  if (sum !== octal(header, 148, 8)) {
    throw new Error(
      `tar: wrong header checksum at offset ${offset}: not a tar archive, or damaged`,
    );
  }
}

/**
 * @param {Buffer} header
 * @param {number} offset
 * @param {number} length
 */
function text(header, offset, length) {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/**
 * @param {Buffer} header
 * @param {number} offset
 * @param {number} length
 */
function octal(header, offset, length) {
  return parseInt(text(header, offset, length).trim() || '0', 8);
}
