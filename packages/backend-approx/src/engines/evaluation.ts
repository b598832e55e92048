// SPDX-License-Identifier: Apache-2.0
/** Which evaluation form an engine uses for a multiplier. */
import type {Multiplier} from '@tfjs-approx/lut-builder';

/** Whether products are one float32 multiplication of rounded operands, and nothing more. */
export function isPlainNative({evaluation, closedForm}: Multiplier): boolean {
  if (evaluation !== 'native' || closedForm?.kind !== 'native') return false;
  const {firstSignificands, secondSignificands, productBits} = closedForm;
  return !firstSignificands && !secondSignificands && productBits === undefined;
}
