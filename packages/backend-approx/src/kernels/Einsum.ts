// SPDX-License-Identifier: Apache-2.0
/**
 * Einsum of two operands: an index that both operands and the output have is batch, one that only
 * the first (second) and the output have is m (n), and every index that the output lacks is k, in
 * the order in which the equation first names it. All products over all summed indices are formed;
 * stock tfjs sums an index that only one operand has before it multiplies.
 */
import {backend_util, util} from '@tensorflow/tfjs-core';
import {at, type Axis} from '../contraction/contraction.js';
import {NO_EPILOGUE, type Lowering, type MacKernel, type Shapes} from './lowering.js';

/** The index names of each operand and of the output. */
export interface EinsumEquation {
  readonly operands: readonly string[][];
  readonly output: readonly string[];
}

/** tfjs has checked the equation's characters; spaces are allowed. */
export function parseEquation(equation: string): EinsumEquation {
  const [inputs, output] = equation.replace(/\s/g, '').split('->');
  return {operands: inputs.split(',').map(names => [...names]), output: [...output]};
}

function lower(shapes: Shapes, equation: string): Lowering {
  const {idDims, allDims} = backend_util.decodeEinsumEquation(equation, Object.keys(shapes).length);
  const operandShapes = [shapes['0'], shapes['1']];
  backend_util.checkEinsumDimSizes(
    allDims.length,
    idDims,
    operandShapes.map(shape => ({rank: shape.length, shape})) as never,
  );
  const {operands, output} = parseEquation(equation);
  util.assert(
    new Set(output).size === output.length,
    () => `Error in einsum: the output of '${equation}' names an index twice.`,
  );
  const sizes = new Map<string, number>();
  operands.forEach((names, operand) =>
    names.forEach((name, d) => sizes.set(name, operandShapes[operand][d])),
  );
  const [first, second] = operands;
  const axes = (names: readonly string[]): Axis[] =>
    names.map(name => ({name, size: sizes.get(name)!}));
  const index = (names: readonly string[]) => names.map(name => at(0, name, 1));
  const outputShape = output.map(name => sizes.get(name)!);
  return {
    outputShape,
    macs: util.sizeFromShape([...sizes.values()]),
    contractions: [
      {
        op: 'Einsum',
        b: axes(output.filter(name => first.includes(name) && second.includes(name))),
        m: axes(output.filter(name => first.includes(name) && !second.includes(name))),
        n: axes(output.filter(name => !first.includes(name))),
        k: axes([...sizes.keys()].filter(name => !output.includes(name))),
        first: {shape: operandShapes[0], index: index(first)},
        second: {shape: operandShapes[1], index: index(second)},
        output: {shape: outputShape, index: index(output)},
        epilogue: NO_EPILOGUE,
      },
    ],
  };
}

export const einsum: MacKernel = {
  kernelName: 'Einsum',
  operands: ['0', '1'],
  gradient: 'input',
  lower: (shapes, attributes) => lower(shapes, attributes.equation as string),
};
