// SPDX-License-Identifier: Apache-2.0
/**
 * einsum of two operands and the gradients of a matMul with broadcast batches, as loops over named
 * indices and over batches. All products over all summed indices are formed: nothing is summed
 * before it is multiplied.
 */
import {type Nd, OrderedSum, sizeOf} from './oracle-ops.js';
import type {OracleProduct} from './oracle-product.js';

interface Equation {
  readonly a: string;
  readonly b: string;
  readonly out: string;
}

export function splitEquation(equation: string): Equation {
  const [inputs, out] = equation.replace(/\s/g, '').split('->');
  const [a, b] = inputs.split(',');
  return {a, b, out};
}

/** The size of every index. */
function sizesOf({a, b}: Equation, x: Nd, y: Nd): Map<string, number> {
  const sizes = new Map<string, number>();
  [...a].forEach((name, d) => sizes.set(name, x.shape[d]));
  [...b].forEach((name, d) => sizes.set(name, y.shape[d]));
  return sizes;
}

/** The shape of the output. */
export function einsumShape(equation: string, x: Nd, y: Nd): number[] {
  const parts = splitEquation(equation);
  const sizes = sizesOf(parts, x, y);
  return [...parts.out].map(name => sizes.get(name)!);
}

/** Row-major position of an element under the values of the indices. */
function position(names: string, shape: readonly number[], at: Map<string, number>): number {
  return [...names].reduce((offset, name, d) => offset * shape[d] + at.get(name)!, 0);
}

/** Visits the values of the named indices in row-major order. */
function forEach(names: readonly string[], sizes: Map<string, number>, at: Map<string, number>) {
  return (visit: () => void): void => {
    const loop = (d: number): void => {
      if (d === names.length) return visit();
      for (let i = 0; i < sizes.get(names[d])!; i++) {
        at.set(names[d], i);
        loop(d + 1);
      }
    };
    loop(0);
  };
}

/** k = the indices that the output lacks, in the order of first mention; mul(first, second). */
export function einsum(product: OracleProduct, equation: string, x: Nd, y: Nd): Nd {
  const parts = splitEquation(equation);
  const {a, b, out} = parts;
  const sizes = sizesOf(parts, x, y);
  const summed = [...new Set(a + b)].filter(name => !out.includes(name));
  const shape = einsumShape(equation, x, y);
  const first = x.data.map(v => product.round(v));
  const second = y.data.map(v => product.round(v));
  const data = new Float32Array(sizeOf(shape));
  const sum = new OrderedSum(sizeOf(summed.map(name => sizes.get(name)!)), data.length);
  const at = new Map<string, number>();
  const overSummed = forEach(summed, sizes, at);
  let to = 0;
  forEach(
    [...out],
    sizes,
    at,
  )(() => {
    sum.reset();
    overSummed(() => {
      const left = first[position(a, x.shape, at)];
      const right = second[position(b, y.shape, at)];
      sum.add(product.multiply(left, right));
    });
    data[to++] = sum.value();
  });
  return {shape, data};
}

/**
 * dA = einsum('C,B->A', mul(dy, b)) and dB = einsum('A,C->B', mul(a, dy)). An index of an operand
 * that neither the output nor the other operand has does not change its gradient: the gradient is
 * computed once and repeated along that index.
 */
export function einsumGradient(
  product: OracleProduct,
  equation: string,
  side: 'a' | 'b',
  x: Nd,
  y: Nd,
  dy: Nd,
): Nd {
  const {a, b, out} = splitEquation(equation);
  const [own, other] = side === 'a' ? [a, b] : [b, a];
  const {shape} = side === 'a' ? x : y;
  const kept = [...own].filter(name => out.includes(name) || other.includes(name)).join('');
  const once =
    side === 'a'
      ? einsum(product, `${out},${b}->${kept}`, dy, y)
      : einsum(product, `${a},${out}->${kept}`, x, dy);
  const sizes = new Map([...own].map((name, d) => [name, shape[d]]));
  const data = new Float32Array(sizeOf(shape));
  const at = new Map<string, number>();
  let to = 0;
  forEach(
    [...own],
    sizes,
    at,
  )(() => {
    data[to++] = once.data[position(kept, once.shape, at)];
  });
  return {shape, data};
}

/** Which matrix of an operand with batch dimensions `own` is used at batch `index` of `all`. */
function matrixAt(index: number, all: readonly number[], own: readonly number[]): number {
  let matrix = 0;
  let step = 1;
  for (let d = all.length - 1; d >= 0; d--) {
    const at = index % all[d];
    index = Math.floor(index / all[d]);
    const size = own[d - all.length + own.length] ?? 1;
    if (size !== 1) matrix += at * step;
    step *= size;
  }
  return matrix;
}

/**
 * The gradients of y = matMul(a, b) whose batch dimensions are broadcast. The batches that share
 * one matrix of an operand are summed, row-major and before the columns (da) or the rows (db):
 * da[row, inner] = sum over batches, col of mul(dy[row, col], b[inner, col]) and
 * db[inner, col] = sum over batches, row of mul(a[row, inner], dy[row, col]).
 */
export function broadcastMatMulGradients(
  product: OracleProduct,
  a: Nd,
  b: Nd,
  dy: Nd,
  transposeA = false,
  transposeB = false,
): {da: Nd; db: Nd} {
  const [rows, cols] = dy.shape.slice(-2);
  const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  const all = dy.shape.slice(0, -2);
  const batches = Array.from({length: sizeOf(all)}, (_, batch) => ({
    batch,
    ofA: matrixAt(batch, all, a.shape.slice(0, -2)),
    ofB: matrixAt(batch, all, b.shape.slice(0, -2)),
  }));
  const x = a.data.map(v => product.round(v));
  const w = b.data.map(v => product.round(v));
  const g = dy.data.map(v => product.round(v));
  const aAt = (matrix: number, row: number, k: number): number =>
    matrix * rows * inner + (transposeA ? k * rows + row : row * inner + k);
  const bAt = (matrix: number, k: number, col: number): number =>
    matrix * inner * cols + (transposeB ? col * inner + k : k * cols + col);
  const gAt = (batch: number, row: number, col: number): number =>
    (batch * rows + row) * cols + col;

  const da = new Float32Array(a.data.length);
  for (let matrix = 0; matrix < sizeOf(a.shape.slice(0, -2)); matrix++) {
    const sharing = batches.filter(({ofA}) => ofA === matrix);
    const sum = new OrderedSum(sharing.length * cols, da.length);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < inner; k++) {
        sum.reset();
        for (const {batch, ofB} of sharing) {
          for (let col = 0; col < cols; col++) {
            sum.add(product.multiply(g[gAt(batch, row, col)], w[bAt(ofB, k, col)]));
          }
        }
        da[aAt(matrix, row, k)] = sum.value();
      }
    }
  }

  const db = new Float32Array(b.data.length);
  for (let matrix = 0; matrix < sizeOf(b.shape.slice(0, -2)); matrix++) {
    const sharing = batches.filter(({ofB}) => ofB === matrix);
    const sum = new OrderedSum(sharing.length * rows, db.length);
    for (let k = 0; k < inner; k++) {
      for (let col = 0; col < cols; col++) {
        sum.reset();
        for (const {batch, ofA} of sharing) {
          for (let row = 0; row < rows; row++) {
            sum.add(product.multiply(x[aAt(ofA, row, k)], g[gAt(batch, row, col)]));
          }
        }
        db[bAt(matrix, k, col)] = sum.value();
      }
    }
  }
  return {da: {shape: a.shape, data: da}, db: {shape: b.shape, data: db}};
}
