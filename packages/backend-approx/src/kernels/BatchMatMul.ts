// SPDX-License-Identifier: Apache-2.0
/**
 * BatchMatMul and _FusedMatMul: out = a b, batch dimensions broadcast like numpy. A transposition
 * exchanges two index expressions of a view; no data moves.
 */
import {broadcast_util, util} from '@tensorflow/tfjs-core';
import {at, type Axis, type Epilogue, type IndexExpression} from '../contraction/contraction.js';
import {
  broadcastView,
  fusedEpilogue,
  NO_EPILOGUE,
  type Attributes,
  type Lowering,
  type MacKernel,
  type Shapes,
} from './lowering.js';

function lowerMatMul(
  op: string,
  {a, b, bias}: Shapes,
  {transposeA, transposeB}: Attributes,
  epilogue: Epilogue,
  outputBatch?: readonly number[],
): Lowering {
  const [aRows, aInner] = transposeA ? [-1, -2] : [-2, -1];
  const [bInner, bColumns] = transposeB ? [-1, -2] : [-2, -1];
  const rows = a.at(aRows)!;
  const inner = a.at(aInner)!;
  const columns = b.at(bColumns)!;
  util.assert(
    inner === b.at(bInner),
    () =>
      `Error in ${op}: inner shapes (${inner}) and (${b.at(bInner)}) of tensors with shapes ` +
      `[${a}] and [${b}] and transposeA=${!!transposeA}, transposeB=${!!transposeB} must match.`,
  );
  const batch = broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  const batchAxes: Axis[] = batch.map((size, d) => ({name: `batch${d}`, size}));
  const batchIndex = (shape: readonly number[]): IndexExpression[] => {
    const missing = batch.length - (shape.length - 2);
    return shape.slice(0, -2).map((s, d) => (s === 1 ? at(0) : at(0, `batch${d + missing}`, 1)));
  };
  const matrixIndex = (transposed: unknown, row: string, column: string) =>
    transposed ? [at(0, column, 1), at(0, row, 1)] : [at(0, row, 1), at(0, column, 1)];

  // The gradient of an operand that was broadcast sums over the dimensions it lacked.
  const kept = outputBatch ?? batch;
  const isSummed = (d: number) => kept[d] !== batch[d];
  const outputShape = [...kept, rows, columns];
  const output = {
    shape: outputShape,
    index: [
      ...batchAxes.map((axis, d) => (isSummed(d) ? at(0) : at(0, axis.name, 1))),
      ...matrixIndex(false, 'row', 'column'),
    ],
  };
  return {
    outputShape,
    macs: util.sizeFromShape([...batch, rows, columns]) * inner,
    contractions: [
      {
        op,
        b: batchAxes.filter((_, d) => !isSummed(d)),
        m: [{name: 'row', size: rows}],
        n: [{name: 'column', size: columns}],
        k: [...batchAxes.filter((_, d) => isSummed(d)), {name: 'inner', size: inner}],
        first: {shape: a, index: [...batchIndex(a), ...matrixIndex(transposeA, 'row', 'inner')]},
        second: {
          shape: b,
          index: [...batchIndex(b), ...matrixIndex(transposeB, 'inner', 'column')],
        },
        output,
        epilogue: bias ? {...epilogue, bias: broadcastView(bias, output)} : epilogue,
      },
    ],
  };
}

export const batchMatMul: MacKernel = {
  kernelName: 'BatchMatMul',
  operands: ['a', 'b'],
  gradient: 'savedOperand',
  lower: (shapes, attributes, outputBatch) =>
    lowerMatMul('BatchMatMul', shapes, attributes, NO_EPILOGUE, outputBatch),
};

export const fusedMatMul: MacKernel = {
  kernelName: '_FusedMatMul',
  operands: ['a', 'b'],
  gradient: 'savedOperand',
  lower: (shapes, attributes, outputBatch) =>
    lowerMatMul('_FusedMatMul', shapes, attributes, fusedEpilogue(attributes), outputBatch),
};
