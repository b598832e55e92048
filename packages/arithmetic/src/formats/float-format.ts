// SPDX-License-Identifier: Apache-2.0
/** The float format to which an operand is rounded before it is multiplied. */
export interface FloatFormat {
  /** Width of the exponent field. 8 means the full float32 range. */
  readonly exponentBits: number;
  /** Width of the stored fraction, m. 23 means float32 itself. */
  readonly fractionBits: number;
  /** Whether values below the smallest normal are kept as subnormals (else they become zero). */
  readonly subnormals: boolean;
  /**
   * What a finite value that rounds beyond the largest finite one becomes. A format that saturates
   * has no infinity, so that an infinite operand saturates too.
   */
  readonly overflow: 'infinity' | 'saturate';
  /** The largest finite value; only needed when the format is not IEEE-like (fp8 e4m3: 448). */
  readonly maxFinite?: number;
}

export type OperandRounding = 'truncate' | 'nearestEven';
