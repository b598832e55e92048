// SPDX-License-Identifier: Apache-2.0
/** From what was given on the command line to a multiplier: a name, or the path of a table. */
import type {MultiplierLike} from '@tfjs-approx/backend-approx';
import {getMultiplier} from '@tfjs-approx/lut-builder';
import {TABLE_EXTENSIONS, readLut} from '@tfjs-approx/lut-builder/node';
import {extname} from 'node:path';
import {OptionError} from './options.js';

export interface NamedMultiplier {
  /** For tables and pictures. */
  label: string;
  multiplier: MultiplierLike;
}

/**
 * @throws {MultiplierError} there is no multiplier of that name.
 * @throws {LutFormatError} the file is not a good table.
 * @throws {OptionError} the file cannot be read.
 */
export async function resolveMultiplier(nameOrPath: string): Promise<NamedMultiplier> {
  const extensions: readonly string[] = TABLE_EXTENSIONS;
  if (!/[\\/]/.test(nameOrPath) && !extensions.includes(extname(nameOrPath).toLowerCase())) {
    return {label: nameOrPath, multiplier: getMultiplier(nameOrPath)};
  }
  const lut = await readLut(nameOrPath).catch((error: NodeJS.ErrnoException) => {
    throw error.syscall ? new OptionError(`--multiplier: ${error.message}`) : error;
  });
  return {label: lut.name, multiplier: lut};
}
