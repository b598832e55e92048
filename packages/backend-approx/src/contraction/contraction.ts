// SPDX-License-Identifier: Apache-2.0
/**
 * A contraction: the one form to which every multiply-accumulate kernel is lowered.
 *
 *     out[b, m, n] = epilogue( sum over k of mul(first[b, m, k], second[b, k, n]) )
 *
 * or, with a factor, the sum of mul(first, second) * factor[b, m, n, k]: a float32 product of the
 * unit's product, rounded to float32 before it is added.
 *
 * Each of b, m, n and k is a list of named axes. A view says which tensor element an operand reads
 * (or the output writes) for given axis values. A contraction is plain data: it can be printed,
 * compared and sent elsewhere, and it holds no arithmetic.
 */

/** A named index with its size; the last axis of a list varies fastest. */
export interface Axis {
  readonly name: string;
  readonly size: number;
}

/** `offset + sum of coefficient * axis`: the coordinate along one dimension of a tensor. */
export interface IndexExpression {
  readonly terms: ReadonlyArray<{readonly axis: string; readonly coefficient: number}>;
  readonly offset: number;
}

/**
 * How a tensor is read or written: one index expression per dimension of `shape` (row-major).
 * A read outside gives +0. An output view is injective and stays inside.
 */
export interface View {
  readonly shape: readonly number[];
  /** Coordinates count as inside below these limits; `shape` where it is left out. */
  readonly extent?: readonly number[];
  readonly index: readonly IndexExpression[];
}

/** Applied to the finished sum: one float32 addition of the bias, then the activation. */
export interface Epilogue {
  readonly bias?: View;
  readonly activation: 'linear' | 'relu' | 'relu6';
}

export interface Contraction {
  /** The tfjs kernel it came from; for messages and coverage. */
  readonly op: string;
  readonly b: readonly Axis[];
  readonly m: readonly Axis[];
  readonly n: readonly Axis[];
  readonly k: readonly Axis[];
  /** Read at (b, m, k); the multiplier's first operand. */
  readonly first: View;
  /** Read at (b, k, n); the multiplier's second operand. */
  readonly second: View;
  /**
   * Read at (b, m, n, k), or at fewer of them: what the unit's product is multiplied by, exactly but
   * for the rounding to float32. Gradients by finite differences weigh a table's slope so.
   */
  readonly factor?: View;
  /** Written at (b, m, n). */
  readonly output: View;
  readonly epilogue: Epilogue;
}

/** Number of index combinations of a list of axes. */
export function sizeOf(axes: readonly Axis[]): number {
  return axes.reduce((size, axis) => size * axis.size, 1);
}

/** `offset + coefficient * axis + ...` written as `at(offset, axis, coefficient, ...)`. */
export function at(offset: number, ...terms: Array<string | number>): IndexExpression {
  const pairs = [];
  for (let t = 0; t < terms.length; t += 2) {
    pairs.push({axis: terms[t] as string, coefficient: terms[t + 1] as number});
  }
  return {offset, terms: pairs.filter(pair => pair.coefficient !== 0)};
}

/** The same sum with the multiplier's operands exchanged: mul(second, first). */
export function exchangeOperands(contraction: Contraction): Contraction {
  const {m, n, first, second} = contraction;
  return {...contraction, m: n, n: m, first: second, second: first};
}
