// SPDX-License-Identifier: Apache-2.0
/**
 * Sums, differences and products of int32 tensors, exact modulo 2^32. The stock shaders pass every value through
 * f32, which has 24 bits.
 */
import {backend_util, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import {matMulShapes} from '../mat-mul-shapes.js';
import {runFlat} from './program.js';

type Inputs = Readonly<Record<string, TensorInfo>>;

function binary(operator: '+' | '-' | '*'): (stock: KernelFunc) => KernelFunc {
  return stock => call => {
    const {a, b} = call.inputs as unknown as Inputs;
    if (a.dtype !== 'int32' || b.dtype !== 'int32') return stock(call);
    return combined(call.backend as WebGPUBackend, operator, a, b);
  };
}

export const add = binary('+');
export const subtract = binary('-');
export const multiply = binary('*');

/** Element by element, broadcast. */
function combined(
  backend: WebGPUBackend,
  operator: string,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const uniforms: Record<string, number> = {};
  const lines = ['var rest = index; var atA = 0; var atB = 0;'];
  for (let d = shape.length - 1; d >= 0; d--) {
    uniforms[`size${d}`] = shape[d];
    uniforms[`a${d}`] = strideAlong(a.shape, d - shape.length);
    uniforms[`b${d}`] = strideAlong(b.shape, d - shape.length);
    lines.push(
      `let at${d} = rest % uniforms.size${d}; rest = rest / uniforms.size${d};`,
      `atA += at${d} * uniforms.a${d}; atB += at${d} * uniforms.b${d};`,
    );
  }
  lines.push(`result[index] = a[atA] ${operator} b[atB];`);
  const key = `int32 ${operator} of rank ${shape.length}`;
  return runFlat(backend, {key, inputs: {a, b}, uniforms, body: lines.join('\n')}, shape, 'int32');
}

/** @param d a dimension, counted from the end (-1 is the last); a broadcast one has stride 0. */
function strideAlong(shape: readonly number[], d: number): number {
  if ((shape.at(d) ?? 1) === 1 || -d > shape.length) return 0;
  return util.sizeFromShape(shape.slice(shape.length + d + 1));
}

export const matMul =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {a, b} = call.inputs as unknown as Inputs;
    if (a.dtype !== 'int32' || b.dtype !== 'int32') return stock(call);
    return product(call.backend as WebGPUBackend, a, b, call.attrs as Record<string, boolean>);
  };

/** With an activation, which is a float operation, the stock kernel does it all. */
export const fusedMatMul =
  (stock: KernelFunc): KernelFunc =>
  call => {
    const {a, b, bias} = call.inputs as unknown as Inputs;
    const attributes = call.attrs as unknown as Record<string, boolean> & {activation: string};
    const areIntegers = [a, b, bias ?? a].every(({dtype}) => dtype === 'int32');
    if (!areIntegers || (attributes.activation ?? 'linear') !== 'linear') return stock(call);
    const backend = call.backend as WebGPUBackend;
    const products = product(backend, a, b, attributes);
    if (!bias) return products;
    const sums = combined(backend, '+', products, bias);
    backend.disposeData(products.dataId);
    return sums;
  };

function product(
  backend: WebGPUBackend,
  a: TensorInfo,
  b: TensorInfo,
  {transposeA, transposeB}: Readonly<Record<string, boolean>>,
): TensorInfo {
  const {shape, rows, columns, inner, batches} = matMulShapes(a, b, transposeA, transposeB);
  const list = (which: 0 | 1) =>
    backend.makeTensorInfo(
      [batches.length],
      'int32',
      Int32Array.from(batches, pair => pair[which]),
    );
  const inputs = {a, b, aBatches: list(0), bBatches: list(1)};
  const output = runFlat(
    backend,
    {
      key: 'int32 matMul',
      inputs,
      uniforms: {
        rows,
        columns,
        inner,
        aRow: transposeA ? 1 : inner,
        aInner: transposeA ? rows : 1,
        bInner: transposeB ? 1 : columns,
        bColumn: transposeB ? inner : 1,
      },
      body: `
        let n = index % uniforms.columns;
        let m = (index / uniforms.columns) % uniforms.rows;
        let batch = index / (uniforms.columns * uniforms.rows);
        var atA = aBatches[batch] * uniforms.rows * uniforms.inner + m * uniforms.aRow;
        var atB = bBatches[batch] * uniforms.columns * uniforms.inner + n * uniforms.bColumn;
        var sum = 0;
        for (var k = 0; k < uniforms.inner; k++) {
          sum += a[atA] * b[atB];
          atA += uniforms.aInner;
          atB += uniforms.bInner;
        }
        result[index] = sum;`,
    },
    shape,
    'int32',
  );
  backend.disposeData(inputs.aBatches.dataId);
  backend.disposeData(inputs.bBatches.dataId);
  return output;
}
