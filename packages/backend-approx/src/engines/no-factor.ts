// SPDX-License-Identifier: Apache-2.0
import type {Contraction} from '../contraction/contraction.js';
import {UnsupportedContractionError} from '../errors.js';

/** @throws {UnsupportedContractionError} for an engine whose loops have no factor. */
export function expectNoFactor(engine: string, contractions: readonly Contraction[]): void {
  const one = contractions.find(({factor}) => factor !== undefined);
  if (!one) return;
  throw new UnsupportedContractionError(
    `Error in ${one.op}: found a contraction with a factor, expected one of two operands on engine ` +
      `'${engine}'. Call await setEngine('reference'), which executes it.`,
  );
}
