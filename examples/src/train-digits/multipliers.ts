// SPDX-License-Identifier: Apache-2.0
/** From what was given on the command line to a multiplier: a name, or the path of a table. */
import type {MultiplierLike} from '@tfjs-approx/backend-approx';
import {getMultiplier} from '@tfjs-approx/arithmetic';
import {TABLE_EXTENSIONS, readLut} from '@tfjs-approx/lut-builder/node';
import {getSystemErrorMap} from 'node:util';
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
  // No multiplier's name has a dot or a slash in it.
  if (!/[./\\]/.test(nameOrPath)) {
    return {label: nameOrPath, multiplier: getMultiplier(nameOrPath)};
  }
  const lut = await readLut(nameOrPath).catch((error: NodeJS.ErrnoException) => {
    if (error.errno === undefined) throw error;
    const reason = getSystemErrorMap().get(error.errno)?.[1] ?? error.message;
    throw new OptionError(
      `--multiplier: cannot read '${nameOrPath}': ${reason}. Expected the name of a multiplier or ` +
        `the path of a table (${TABLE_EXTENSIONS.join(', ')}).`,
    );
  });
  return {label: lut.name, multiplier: lut};
}
