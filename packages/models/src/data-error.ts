// SPDX-License-Identifier: Apache-2.0
/** The one error of the data sets: what is wrong with the data, and where to get it. */

/** Thrown when a data set is missing or its bytes are not what its format promises. */
export class DataError extends Error {
  override readonly name = 'DataError';
  /** Files that are needed, or the file that is faulty. */
  readonly files: readonly string[];
  /** Folders in which the files were looked for, in order. */
  readonly folders: readonly string[];

  constructor(message: string, files: readonly string[] = [], folders: readonly string[] = []) {
    super(message);
    this.files = files;
    this.folders = folders;
  }
}
