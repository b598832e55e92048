// SPDX-License-Identifier: Apache-2.0
/** Equations and broadcast batches to be compared with the oracle. */
import {type MultiplierName, rotation} from './multipliers.cases.js';

export interface EinsumCase {
  readonly equation: string;
  readonly aShape: number[];
  readonly bShape: number[];
  /** One more multiplier besides those that every case runs with. */
  readonly extra: MultiplierName;
}

const next = rotation(11);

/** @param sizes of the indices, as in `{i: 3, j: 4}` */
function einsumCase(equation: string, sizes: Record<string, number>): EinsumCase {
  const [a, b] = equation.replace(/\s/g, '').split('->')[0].split(',');
  const shapeOf = (names: string): number[] => [...names].map(name => sizes[name]);
  return {equation, aShape: shapeOf(a), bShape: shapeOf(b), extra: next()};
}

/** The ones that a software adapter compiles shaders for. */
export const FEW_EINSUM: EinsumCase[] = [
  einsumCase('bij,bjk->bki', {b: 3, i: 5, j: 20, k: 7}),
  // Attention: scores and values, heads last but one.
  einsumCase('bqhd,bkhd->bhqk', {b: 2, q: 5, h: 3, d: 8, k: 6}),
  einsumCase('bhqk,bkhd->bqhd', {b: 2, q: 5, h: 3, d: 8, k: 6}),
  // Summed indices that only one operand has.
  einsumCase('ijq,jk->ik', {i: 5, j: 6, q: 4, k: 7}),
  einsumCase('ij,jkq->ki', {i: 5, j: 6, q: 4, k: 7}),
  // 1,200 products, p before q and q before p.
  einsumCase('ipq,qpj->ij', {i: 3, p: 40, q: 30, j: 4}),
  einsumCase('iqp,qpj->ji', {i: 3, p: 40, q: 30, j: 4}),
];

export const EINSUM: EinsumCase[] = [
  ...FEW_EINSUM,
  einsumCase('ij,jk->ik', {i: 7, j: 33, k: 9}),
  einsumCase('ij,jk->ki', {i: 7, j: 33, k: 9}),
  einsumCase('ij,jk->ik', {i: 3, j: 1100, k: 2}),
  einsumCase('bij,bkj->bki', {b: 2, i: 5, j: 6, k: 4}),
  einsumCase('btd,de->bte', {b: 2, t: 5, d: 6, e: 4}),
  einsumCase('btd,ehd->bhte', {b: 2, t: 5, d: 6, e: 4, h: 3}),
  einsumCase('bthe,hed->btd', {b: 2, t: 5, d: 6, e: 4, h: 3}),
  // Batch indices that are not first, and whose order changes.
  einsumCase('iabj,bjka->bika', {i: 3, a: 2, b: 4, j: 5, k: 3}),
  einsumCase('abcd,bd->ca', {a: 2, b: 3, c: 4, d: 5}),
  // Outer products, and outputs whose indices interleave.
  einsumCase('ij,kl->ijkl', {i: 2, j: 3, k: 4, l: 5}),
  einsumCase('ij,kl->likj', {i: 2, j: 3, k: 4, l: 5}),
  einsumCase('i,j->ij', {i: 6, j: 7}),
  // Element-wise: nothing is summed.
  einsumCase('ij,ij->ij', {i: 4, j: 5}),
  einsumCase('ij,ji->ji', {i: 4, j: 5}),
  einsumCase('i,i->i', {i: 9}),
  // Everything is summed.
  einsumCase('ij,ij->', {i: 4, j: 5}),
  einsumCase('ij,ji->', {i: 40, j: 35}),
  einsumCase('i,i->', {i: 9}),
  einsumCase('ij,kl->', {i: 2, j: 3, k: 4, l: 5}),
  // One operand has no index of its own in the output.
  einsumCase('ij,ij->i', {i: 4, j: 5}),
  einsumCase('ij,j->i', {i: 4, j: 5}),
  einsumCase('j,ji->i', {i: 4, j: 5}),
  // Summed indices that only one operand has, in either and in both.
  einsumCase('ij,jk->i', {i: 4, j: 5, k: 6}),
  einsumCase('ij,jk->k', {i: 4, j: 5, k: 6}),
  einsumCase('iqj,rjk->ki', {i: 4, q: 3, j: 5, r: 2, k: 6}),
  einsumCase('pij,jkq->ik', {p: 20, i: 2, j: 6, k: 3, q: 10}),
  // A scalar operand.
  einsumCase('ij,->ji', {i: 4, j: 5}),
  einsumCase(',ij->ij', {i: 4, j: 5}),
  einsumCase(' i j , j k -> i k ', {i: 3, j: 4, k: 2}),
  einsumCase('Aa,aB->BA', {A: 3, a: 4, B: 2}),
];

export interface BroadcastCase {
  /** Batch dimensions of both operands. */
  readonly aBatch: number[];
  readonly bBatch: number[];
  readonly mkn: number[];
}

const broadcastCase = (aBatch: number[], bBatch: number[], mkn = [5, 6, 7]): BroadcastCase => ({
  aBatch,
  bBatch,
  mkn,
});

/** matMul whose batch dimensions are broadcast, on one side and on both. */
export const FEW_BROADCAST: BroadcastCase[] = [
  // db sums 3 * 350 products.
  broadcastCase([3], [], [350, 3, 4]),
  broadcastCase([2, 1], [1, 3]),
];

export const BROADCAST: BroadcastCase[] = [
  ...FEW_BROADCAST,
  broadcastCase([3], []),
  broadcastCase([2, 3], [3]),
  broadcastCase([1], [4]),
  // da sums 4 * 270 products.
  broadcastCase([], [4], [3, 2, 270]),
  broadcastCase([5, 1, 2], [1, 3, 1]),
  broadcastCase([1, 3], [2, 1]),
  broadcastCase([1], []),
];
