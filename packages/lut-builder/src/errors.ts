// SPDX-License-Identifier: Apache-2.0
/** The errors that only this package has; those of tables and multipliers are the arithmetic package's. */
import type {ErrorFacts} from '@tfjs-approx/arithmetic';
import {FactsError} from '@tfjs-approx/arithmetic/internal';

/** A file that cannot be read or written as it is. */
export class FileError extends FactsError {
  override readonly name = 'FileError';
  readonly file: string;

  constructor(work: 'read' | 'write', file: string, facts: ErrorFacts) {
    super(`cannot ${work} "${file}"`, facts);
    this.file = file;
  }
}

/** A picture that cannot be made on this machine. */
export class PictureError extends FactsError {
  override readonly name = 'PictureError';
  readonly op: string;

  /** @param options The error that was the cause. */
  constructor(op: string, facts: ErrorFacts, options?: ErrorOptions) {
    super(`Error in ${op}`, facts, options);
    this.op = op;
  }
}

/** A file of recorded operands that is not what `recordOperands` gives. */
export class OperandsFormatError extends FactsError {
  override readonly name = 'OperandsFormatError';
  readonly file: string;
  /** Which part of the file is wrong: `products[2].first.fractions`. */
  readonly part: string;
  /** Whose operands are wrong, where the part is of one layer and pass. */
  readonly layer?: string;
  readonly pass?: string;

  constructor(
    file: string,
    part: string,
    facts: ErrorFacts,
    {layer, pass}: {layer?: string; pass?: string} = {},
  ) {
    const names = [
      ...(layer === undefined ? [] : [`layer "${layer}"`]),
      ...(pass === undefined ? [] : [`pass ${pass}`]),
    ];
    const of = names.length > 0 ? ` (${names.join(', ')})` : '';
    super(`Error in recorded operands "${file}": ${part}${of}`, facts);
    this.file = file;
    this.part = part;
    this.layer = layer;
    this.pass = pass;
  }
}
