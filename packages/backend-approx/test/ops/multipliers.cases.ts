// SPDX-License-Identifier: Apache-2.0
/** The multipliers that every op runs with, and which data suits each. */
import {MEDIUM, WIDE, type FloatOptions} from '#src/testing/random.js';

/** Names known to `testMultiplier`. A prime number of them, so that rotating meets every pairing. */
export const MULTIPLIERS = [
  'mbm7',
  'random5',
  'mitchell7',
  'bf16',
  'truncated5',
  'random6',
  'tf32',
  'fixed4',
  'mbm11',
  'fp16',
  'random4',
  'random7',
  'random9',
  'fixed6',
  'bf16Table',
  'fp16Table',
  'fp32',
  'mbm3',
  'mitchell1',
] as const;

export type MultiplierName = (typeof MULTIPLIERS)[number];

/**
 * For engines that compile a shader for each pair of multiplier layout and kind of shape: one
 * layout for the shapes (these two share it), and one matMul with every multiplier.
 */
export const FEW: MultiplierName[] = ['random7', 'mbm7'];

/** Tables in which the first and the second operand cannot be exchanged, one for each pass. */
export const ASYMMETRIC = ['random7', 'second7', 'third7'];

/** Calls hand out the multipliers in turn. */
export function rotation(start = 0): () => MultiplierName {
  let at = start;
  return () => MULTIPLIERS[at++ % MULTIPLIERS.length];
}

export type DataStyle = 'wide' | 'medium';

export function dataOptions(multiplier: string, style: DataStyle): FloatOptions {
  if (style === 'medium') return MEDIUM;
  // fp16: below 65520, with subnormals and values that round to zero.
  return multiplier.startsWith('fp16') ? {exponents: [-26, 14], zeros: 0.1} : WIDE;
}
