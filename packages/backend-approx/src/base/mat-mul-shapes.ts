// SPDX-License-Identifier: Apache-2.0
/** The sizes of a batched matrix product, and which matrices of its operands meet. */
import {backend_util, util, type TensorInfo} from '@tensorflow/tfjs-core';

export interface MatMulShapes {
  readonly shape: number[];
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** For every matrix of the output, the places of the two that are multiplied. */
  readonly batches: ReadonlyArray<readonly [first: number, second: number]>;
}

export function matMulShapes(
  a: TensorInfo,
  b: TensorInfo,
  transposeA = false,
  transposeB = false,
): MatMulShapes {
  const [aOuter, bOuter] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = backend_util.assertAndGetBroadcastShape(aOuter, bOuter);
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const otherInner = b.shape.at(transposeB ? -1 : -2)!;
  util.assert(
    inner === otherInner,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${otherInner}) of Tensors with shapes ` +
      `${a.shape} and ${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const batches = Array.from({length: util.sizeFromShape(outer)}, (_, batch) => {
    const at = util.indexToLoc(batch, outer.length, util.computeStrides(outer));
    return [placeOf(at, aOuter), placeOf(at, bOuter)] as const;
  });
  return {shape: [...outer, rows, columns], rows, columns, inner, batches};
}

/** The place of a matrix in an operand whose outer dimensions are broadcast. */
function placeOf(at: readonly number[], outer: readonly number[]): number {
  return outer.reduce((place, size, d) => {
    const coordinate = at[at.length - outer.length + d];
    return place * size + (size === 1 ? 0 : coordinate);
  }, 0);
}
