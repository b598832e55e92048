// SPDX-License-Identifier: Apache-2.0
/** Reading a file that may have no end, or be none: what a path leads to is up to who wrote it. */
import {constants} from 'node:fs';
import {open, stat} from 'node:fs/promises';
import {FileError} from './errors.js';

/** More than any good table file has: 4096 x 4096 numbers as text. */
export const MAX_FILE_BYTES = 2 ** 29;

const CHUNK_BYTES = 2 ** 20;
/** Opening a pipe does not wait for a writer. Windows has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Counts the bytes that are there: files of /proc say that they have none.
 *
 * @throws {FileError} if it is a folder, device or pipe, or longer than that.
 */
export async function readWhole(path: string, most = MAX_FILE_BYTES): Promise<Buffer> {
  const stats = await stat(path);
  if (!stats.isFile()) {
    throw new FileError('read', path, {
      found: stats.isDirectory() ? 'a directory' : 'a device or pipe',
      expected: 'a regular file',
    });
  }
  const file = await open(path, READ);
  try {
    const chunks: Buffer[] = [];
    for (let length = 0; ;) {
      // A good file is read in two steps.
      const size = Math.min(Math.max(stats.size - length, CHUNK_BYTES), most + 1);
      const {buffer, bytesRead} = await file.read({buffer: Buffer.allocUnsafe(size)});
      if (bytesRead === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      length += bytesRead;
      if (length > most) {
        throw new FileError('read', path, {
          found: `more than ${most} bytes`,
          expected: `at most ${most}`,
        });
      }
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    throw namingFile(error, path);
  } finally {
    await file.close();
  }
}

/** What the system says of an open file does not name it. */
export function namingFile(error: unknown, path: string): unknown {
  const isUnnamed = error instanceof Error && 'errno' in error && !('path' in error);
  return isUnnamed ? Object.assign(error, {path}) : error;
}
