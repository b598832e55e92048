// SPDX-License-Identifier: Apache-2.0
/**
 * Gradients of the multiply-accumulate kernels: those of tfjs-core, wrapped so that every kernel
 * call in them declares its pass and operand order, and the ones tfjs-core lacks (Einsum,
 * Conv3DBackpropInputV2, batch-broadcast matMul). The registry is global, so on other backends the
 * wrapped ones behave as before.
 */
import {
  conv3d,
  einsum,
  engine,
  getGradient,
  registerGradient,
  reshape,
  tile,
  util,
  type GradFunc,
  type NamedAttrMap,
  type Tensor,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import {parseEquation} from './kernels/Einsum.js';
import {INPUT_GRADIENT, WEIGHT_GRADIENT, withPass, type ProductContext} from './policy/pass.js';

type NamedGradients = ReturnType<GradFunc>;

const ours = new WeakSet<GradFunc>();

/**
 * Installed when `approx` starts, because importing the union package registers tfjs-core's own
 * gradients at any time before. Idempotent.
 *
 * @param isApproximate whether `approx` is the current backend.
 */
export function installGradients(isApproximate: () => boolean): void {
  replaceGradient('BatchMatMul', isApproximate, (dy, saved, attributes, stock) =>
    isBroadcast(saved)
      ? broadcastMatMulGradients(dy as Tensor, saved, attributes)
      : declarePasses(stock(dy, saved, attributes), {
          a: {pass: 'inputGradient', exchanged: !!attributes.transposeA},
          b: {pass: 'weightGradient', exchanged: !!attributes.transposeB},
        }),
  );
  // The transposed convolution: its forward is Conv2DBackpropInput(activation, weight).
  replaceGradient('Conv2DBackpropInput', isApproximate, (dy, saved, attributes, stock) =>
    declarePasses(stock(dy, saved, attributes), {
      dy: INPUT_GRADIENT,
      filter: {pass: 'weightGradient', exchanged: true},
    }),
  );
  addGradient('Conv3DBackpropInputV2', {inputsToSave: ['dy', 'filter']}, conv3DTransposeGradients);
  addGradient('Einsum', {saveAllInputs: true}, einsumGradients);
}

function replaceGradient(
  kernelName: string,
  isApproximate: () => boolean,
  gradients: (
    dy: Parameters<GradFunc>[0],
    saved: Tensor[],
    attributes: NamedAttrMap,
    stock: GradFunc,
  ) => NamedGradients,
): void {
  const stock = getGradient(kernelName);
  // Only the union package registers gradients; a program without them does not train.
  if (!stock || ours.has(stock.gradFunc)) return;
  const gradFunc: GradFunc = (dy, saved, attributes) =>
    isApproximate()
      ? gradients(dy, saved, attributes, stock.gradFunc)
      : stock.gradFunc(dy, saved, attributes);
  ours.add(gradFunc);
  registerGradient({...stock, gradFunc});
}

/** Gradients that tfjs-core lacks serve every backend; should upstream add them, theirs stay. */
function addGradient(
  kernelName: string,
  save: {inputsToSave: string[]} | {saveAllInputs: true},
  gradFunc: GradFunc,
): void {
  if (!getGradient(kernelName)) registerGradient({kernelName, ...save, gradFunc});
}

function declarePasses(
  gradients: NamedGradients,
  contexts: Readonly<Record<string, ProductContext>>,
): NamedGradients {
  const declared: NamedGradients = {};
  for (const [input, gradient] of Object.entries(gradients)) {
    declared[input] = () => withPass(contexts[input], gradient);
  }
  return declared;
}

function isBroadcast([a, b]: readonly Tensor[]): boolean {
  return !util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2));
}

/**
 * Gradients of a matMul whose batch dimensions were broadcast: a broadcast dimension is one more
 * summed index, so each gradient is one einsum, mul(dy, b) or mul(a, dy).
 */
function broadcastMatMulGradients(
  dy: Tensor,
  [a, b]: readonly Tensor[],
  {transposeA, transposeB}: NamedAttrMap,
): NamedGradients {
  const batchRank = dy.rank - 2;
  const letters = 'abcdefghijklmnopqrstuvw';
  const batch = letters.slice(0, batchRank);
  /** The operand's batch indices, dimensions of size 1 left out, and its shape without them. */
  const squeezed = (x: Tensor, matrix: string) => {
    const missing = batchRank - (x.rank - 2);
    const kept = x.shape.slice(0, -2).map((size, d) => (size === 1 ? '' : batch[d + missing]));
    const shape = [...x.shape.slice(0, -2).filter(size => size !== 1), ...x.shape.slice(-2)];
    return {names: kept.join('') + matrix, shape};
  };
  const [left, right] = [
    squeezed(a, transposeA ? 'yx' : 'xy'),
    squeezed(b, transposeB ? 'zy' : 'yz'),
  ];
  const upstream = `${batch}xz`;
  return {
    a: () =>
      withPass(INPUT_GRADIENT, () =>
        reshape(
          einsum(`${upstream},${right.names}->${left.names}`, dy, reshape(b, right.shape)),
          a.shape,
        ),
      ),
    b: () =>
      withPass(WEIGHT_GRADIENT, () =>
        reshape(
          einsum(`${left.names},${upstream}->${right.names}`, reshape(a, left.shape), dy),
          b.shape,
        ),
      ),
  };
}

/** Conv3DTranspose: forward mul(activation, weight), dX = Conv3D(dy), dW over (activation, dy). */
function conv3DTransposeGradients(
  dy: Parameters<GradFunc>[0],
  [activation, filter]: Tensor[],
  {strides, pad}: NamedAttrMap,
): NamedGradients {
  const upstream = dy as Tensor5D;
  return {
    dy: () =>
      withPass(INPUT_GRADIENT, () =>
        conv3d(
          upstream,
          filter as Tensor5D,
          strides as [number, number, number],
          pad as 'same' | 'valid',
        ),
      ),
    filter: () =>
      withPass({pass: 'weightGradient', exchanged: true}, () =>
        engine().runKernel(
          'Conv3DBackpropFilterV2',
          {x: upstream, dy: activation},
          {strides, pad, filterShape: filter.shape},
        ),
      ) as Tensor,
  };
}

/**
 * 'A,B->C': dA = einsum('C,B->A', dy, b) and dB = einsum('A,C->B', a, dy). An index that only A
 * has and that is summed gets the same gradient at every position.
 */
function einsumGradients(
  dy: Parameters<GradFunc>[0],
  saved: Tensor[],
  {equation}: NamedAttrMap,
): NamedGradients {
  const {operands, output} = parseEquation(equation as string);
  const upstream = dy as Tensor;
  const out = output.join('');
  if (operands.length === 1) {
    const [names] = operands;
    const kept = names.filter(name => output.includes(name));
    return {'0': () => spread(einsum(`${out}->${kept.join('')}`, upstream), kept, names, saved[0])};
  }
  const gradient = (side: 0 | 1): Tensor => {
    const other = operands[1 - side];
    const names = operands[side];
    const kept = names.filter(name => output.includes(name) || other.includes(name));
    const otherTensor = saved[1 - side];
    const result =
      side === 0
        ? einsum(`${out},${other.join('')}->${kept.join('')}`, upstream, otherTensor)
        : einsum(`${other.join('')},${out}->${kept.join('')}`, otherTensor, upstream);
    return spread(result, kept, names, saved[side]);
  };
  return {
    '0': () => withPass(INPUT_GRADIENT, () => gradient(0)),
    '1': () => withPass(WEIGHT_GRADIENT, () => gradient(1)),
  };
}

/** Repeats `x`, whose indices are `kept`, along the indices of `names` that it lacks. */
function spread(
  x: Tensor,
  kept: readonly string[],
  names: readonly string[],
  {shape}: Tensor,
): Tensor {
  if (kept.length === names.length) return x;
  const isKept = names.map(name => kept.includes(name));
  const repeats = shape.map((size, d) => (isKept[d] ? 1 : size));
  return tile(
    reshape(
      x,
      shape.map((size, d) => (isKept[d] ? size : 1)),
    ),
    repeats,
  );
}
