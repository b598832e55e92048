// SPDX-License-Identifier: Apache-2.0
/**
 * Multipliers that round their operands to a known format and multiply exactly.
 *
 * Two significands of at most 11 bits have a product of at most 22, which float32 holds: the
 * native form loses nothing.
 */
import {MultiplierError} from '../errors.js';
import {BF16, E4M3, E5M2, FLOAT32, FP16, TF32} from '../formats/float.js';
import type {FloatFormat} from '../formats/float-format.js';
import type {Multiplier} from './multiplier.js';
import {tabulatedMultiplier} from './tabulated.js';

/** The multiplier every other one approximates. */
export const fp32: Multiplier = Object.freeze<Multiplier>({
  name: 'fp32',
  description: 'Native float32 multiplication (IEEE 754 binary32)',
  format: FLOAT32,
  rounding: 'nearestEven',
  evaluation: 'native',
  closedForm: {kind: 'native'},
  exact: true,
  lut() {
    throw new MultiplierError('lut of "fp32"', {
      found: '23 mantissa bits, which make 2^46 entries',
      expected: 'a multiplier of at most 11',
      remedy: "Use the 'native' evaluation form, or tf32 (10 mantissa bits).",
    });
  },
});

export const tf32 = exactIn(
  'tf32',
  TF32,
  'Operands rounded to TensorFloat-32 (8-bit exponent, 10-bit fraction), exact product',
);

export const bf16 = exactIn(
  'bf16',
  BF16,
  'Operands rounded to bfloat16 (8-bit exponent, 7-bit fraction), exact product',
);

export const fp16 = exactIn(
  'fp16',
  FP16,
  'Operands rounded to IEEE 754 binary16 with its range and subnormals, exact product',
);

export const fp8e5m2 = exactIn(
  'fp8e5m2',
  E5M2,
  'Operands rounded to OCP 8-bit E5M2 with its range and subnormals, exact product',
);

export const fp8e4m3 = exactIn(
  'fp8e4m3',
  E4M3,
  'Operands rounded to OCP 8-bit E4M3, saturating at 448, exact product',
);

function exactIn(name: string, format: FloatFormat, description: string): Multiplier {
  const n = 2 ** format.fractionBits;
  return tabulatedMultiplier((i, j) => ((n + i) * (n + j)) / (n * n), {
    name,
    mantissaBits: format.fractionBits,
    format,
    rounding: 'nearestEven',
    description,
    provenance: description,
    closedForm: {kind: 'native'},
  });
}
