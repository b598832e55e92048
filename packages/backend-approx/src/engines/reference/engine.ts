// SPDX-License-Identifier: Apache-2.0
/**
 * The reference engine: the definition of a contraction, written to be obviously right and nothing
 * else. It evaluates the views as they are given and calls the unit's functional model once per
 * product and its addition once per sum.
 * It is the oracle of the other engines, far too slow for training.
 */
import {util} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {type Axis, type Contraction, type View, sizeOf} from '../../contraction/contraction.js';
import {ApproxError} from '../../errors.js';
import type {Engine} from '../engine.js';
import {applyActivation, floatValues} from '../host.js';
import {programOf, type UnitProgram} from './unit-program.js';

export function createReferenceEngine(backend: MathBackendCPU): Engine {
  return {
    name: 'reference',
    run(contractions, outputShape, operands, unit) {
      const program = programOf(unit);
      const values: Values = {
        first: floatValues(backend, operands.first),
        second: floatValues(backend, operands.second),
        ...(operands.bias ? {bias: floatValues(backend, operands.bias)} : {}),
        ...(operands.factor ? {factor: floatValues(backend, operands.factor)} : {}),
      };
      const output = new Float32Array(util.sizeFromShape(outputShape as number[]));
      for (const contraction of contractions) contract(contraction, program, values, output);
      return backend.makeTensorInfo(outputShape as number[], 'float32', output);
    },
  };
}

type Values = Readonly<Record<'first' | 'second', Float32Array>> &
  Readonly<Partial<Record<'bias' | 'factor', Float32Array>>>;

function contract(
  c: Contraction,
  unit: UnitProgram,
  {first, second, bias, factor}: Values,
  output: Float32Array,
): void {
  if (c.factor && !factor) {
    throw new ApproxError(
      `Error in ${c.op}: found a contraction with a factor, expected operands.factor, its values.`,
    );
  }
  const k = sizeOf(c.k);
  const plan = unit.plan(sizeOf(c.b) * sizeOf(c.m) * sizeOf(c.n), k);
  const at: Record<string, number> = {};
  forEachIndex(c.b, at, () =>
    forEachIndex(c.m, at, () =>
      forEachIndex(c.n, at, () => {
        const products: number[] = [];
        forEachIndex(c.k, at, () => {
          const product = unit.multiply(read(first, c.first, at), read(second, c.second, at));
          products.push(c.factor ? Math.fround(product * read(factor!, c.factor, at)) : product);
        });
        let total = 0;
        for (let block = 0; block < plan.blocks; block++) {
          let sum = 0;
          const start = block * plan.blockSize;
          for (const product of products.slice(start, start + plan.blockSize)) {
            sum = unit.add(sum, product);
          }
          total = unit.addBlock(total, sum);
        }
        if (bias) total = Math.fround(total + read(bias, c.epilogue.bias!, at));
        output[elementOf(c.output, at)] = applyActivation(total, c.epilogue.activation);
      }),
    ),
  );
}

/** Calls `f` for every combination of axis values, last axis fastest. */
function forEachIndex(axes: readonly Axis[], at: Record<string, number>, f: () => void): void {
  if (axes.length === 0) return f();
  const [axis, ...rest] = axes;
  for (let value = 0; value < axis.size; value++) {
    at[axis.name] = value;
    forEachIndex(rest, at, f);
  }
}

/** Flat element index, or -1 outside. */
function elementOf(view: View, at: Readonly<Record<string, number>>): number {
  let element = 0;
  for (let d = 0; d < view.shape.length; d++) {
    let coordinate = view.index[d].offset;
    for (const {axis, coefficient} of view.index[d].terms) coordinate += coefficient * at[axis];
    if (coordinate < 0 || coordinate >= (view.extent ?? view.shape)[d]) return -1;
    element = element * view.shape[d] + coordinate;
  }
  return element;
}

function read(values: Float32Array, view: View, at: Readonly<Record<string, number>>): number {
  const element = elementOf(view, at);
  return element < 0 ? 0 : values[element];
}
