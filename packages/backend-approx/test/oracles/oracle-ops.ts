// SPDX-License-Identifier: Apache-2.0
/**
 * The multiply-accumulate ops as loop nests, written from the definition of each op and the
 * summation rule, with the multiplier's product inside. No contraction, no view, no tiling: the
 * engines are compared with this.
 */
import type {OracleProduct} from './oracle-product.js';

/** A dense row-major float32 tensor. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/**
 * The sum of K products in the order in which they are added: float32 additions from +0, cut into
 * blocks as a function of K and of the number of outputs b*m*n alone.
 */
export class OrderedSum {
  readonly blockSize: number;
  #inBlock = 0;
  #block = 0;
  #total = 0;

  constructor(k: number, outputs: number) {
    const parts = Math.min(64, Math.floor(2 ** 22 / outputs));
    this.blockSize = k <= 1024 || parts < 2 ? Infinity : 256 * Math.ceil(k / (256 * parts));
  }

  reset(): void {
    this.#inBlock = 0;
    this.#block = 0;
    this.#total = 0;
  }

  add(product: number): void {
    if (this.#inBlock === this.blockSize) {
      this.#total = Math.fround(this.#total + this.#block);
      this.#block = 0;
      this.#inBlock = 0;
    }
    this.#block = Math.fround(this.#block + product);
    this.#inBlock++;
  }

  value(): number {
    return Math.fround(this.#total + this.#block);
  }
}

function rounded(product: OracleProduct, tensor: Nd): Float32Array {
  return tensor.data.map(x => product.round(x));
}

// ---------------------------------------------------------------------------------------------
// matMul

/** Aligns batch dimensions on the right; a dimension of 1 repeats. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({length: rank}, (_, d) => {
    const inA = a[d - rank + a.length] ?? 1;
    const inB = b[d - rank + b.length] ?? 1;
    if (inA !== inB && inA !== 1 && inB !== 1) throw new Error(`batch ${a} against ${b}`);
    return inA === 1 ? inB : inA;
  });
}

/** Which matrix of a tensor with batch dimensions `own` belongs to matrix `index` of `all`. */
function batchOf(index: number, all: readonly number[], own: readonly number[]): number {
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

/** out[batch, row, col] = sum over inner of mul(a, b), one element at a time. */
export function matMulElement(
  product: OracleProduct,
  a: Nd,
  b: Nd,
  transposeA = false,
  transposeB = false,
): {shape: number[]; at(batch: number, row: number, col: number): number} {
  const [aRows, aCols] = a.shape.slice(-2);
  const [bRows, bCols] = b.shape.slice(-2);
  const rows = transposeA ? aCols : aRows;
  const inner = transposeA ? aRows : aCols;
  const cols = transposeB ? bRows : bCols;
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batch = broadcast(aBatch, bBatch);
  const x = rounded(product, a);
  const y = rounded(product, b);
  const sum = new OrderedSum(inner, sizeOf(batch) * rows * cols);
  return {
    shape: [...batch, rows, cols],
    at(index, row, col) {
      const aStart = batchOf(index, batch, aBatch) * aRows * aCols;
      const bStart = batchOf(index, batch, bBatch) * bRows * bCols;
      sum.reset();
      for (let k = 0; k < inner; k++) {
        const av = x[aStart + (transposeA ? k * aCols + row : row * aCols + k)];
        const bv = y[bStart + (transposeB ? col * bCols + k : k * bCols + col)];
        sum.add(product.multiply(av, bv));
      }
      return sum.value();
    },
  };
}

export function matMul(
  product: OracleProduct,
  a: Nd,
  b: Nd,
  transposeA = false,
  transposeB = false,
): Nd {
  const {shape, at} = matMulElement(product, a, b, transposeA, transposeB);
  const [rows, cols] = shape.slice(-2);
  const data = new Float32Array(sizeOf(shape));
  let to = 0;
  for (let batch = 0; batch < sizeOf(shape.slice(0, -2)); batch++) {
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) data[to++] = at(batch, row, col);
    }
  }
  return {shape, data};
}

/**
 * Both gradients of y = matMul(a, b), for equal batch dimensions:
 * da[row, inner] = sum over col of mul(dy[row, col], b[inner, col]) and
 * db[inner, col] = sum over row of mul(a[row, inner], dy[row, col]), stored as a and b are.
 */
export function matMulGradients(
  product: OracleProduct,
  a: Nd,
  b: Nd,
  dy: Nd,
  transposeA = false,
  transposeB = false,
): {da: Nd; db: Nd} {
  const [rows, cols] = dy.shape.slice(-2);
  const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  const batches = sizeOf(dy.shape.slice(0, -2));
  const x = rounded(product, a);
  const w = rounded(product, b);
  const g = rounded(product, dy);
  const aAt = (batch: number, row: number, k: number): number =>
    batch * rows * inner + (transposeA ? k * rows + row : row * inner + k);
  const bAt = (batch: number, k: number, col: number): number =>
    batch * inner * cols + (transposeB ? col * inner + k : k * cols + col);
  const gAt = (batch: number, row: number, col: number): number =>
    batch * rows * cols + row * cols + col;

  const da = new Float32Array(a.data.length);
  const sumA = new OrderedSum(cols, batches * rows * inner);
  for (let batch = 0; batch < batches; batch++) {
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < inner; k++) {
        sumA.reset();
        for (let col = 0; col < cols; col++) {
          sumA.add(product.multiply(g[gAt(batch, row, col)], w[bAt(batch, k, col)]));
        }
        da[aAt(batch, row, k)] = sumA.value();
      }
    }
  }

  const db = new Float32Array(b.data.length);
  const sumB = new OrderedSum(rows, batches * inner * cols);
  for (let batch = 0; batch < batches; batch++) {
    for (let k = 0; k < inner; k++) {
      for (let col = 0; col < cols; col++) {
        sumB.reset();
        for (let row = 0; row < rows; row++) {
          sumB.add(product.multiply(x[aAt(batch, row, k)], g[gAt(batch, row, col)]));
        }
        db[bAt(batch, k, col)] = sumB.value();
      }
    }
  }
  return {da: {shape: a.shape, data: da}, db: {shape: b.shape, data: db}};
}

// ---------------------------------------------------------------------------------------------
// conv2d, NHWC, filter [height, width, inC, outC]

export type Padding = 'same' | 'valid' | {top: number; bottom: number; left: number; right: number};

export interface Geometry {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pad: Padding;
}

/** Output size and padding before, along one spatial axis. */
function axis(
  size: number,
  filter: number,
  stride: number,
  dilation: number,
  pad: 'same' | 'valid' | [number, number],
): {out: number; before: number} {
  const reach = (filter - 1) * dilation + 1;
  if (pad === 'same') {
    const out = Math.ceil(size / stride);
    const total = Math.max(0, (out - 1) * stride + reach - size);
    return {out, before: Math.floor(total / 2)};
  }
  const [before, after] = pad === 'valid' ? [0, 0] : pad;
  return {out: Math.floor((size + before + after - reach) / stride) + 1, before};
}

function spatial(input: readonly number[], filter: readonly number[], geometry: Geometry) {
  const {strides, dilations, pad} = geometry;
  const vertical = typeof pad === 'string' ? pad : ([pad.top, pad.bottom] as [number, number]);
  const horizontal = typeof pad === 'string' ? pad : ([pad.left, pad.right] as [number, number]);
  const y = axis(input[1], filter[0], strides[0], dilations[0], vertical);
  const x = axis(input[2], filter[1], strides[1], dilations[1], horizontal);
  return {outH: y.out, outW: x.out, top: y.before, left: x.before};
}

/** The shape of conv2d's output. */
export function conv2dShape(
  input: readonly number[],
  filter: readonly number[],
  geometry: Geometry,
): [number, number, number, number] {
  const {outH, outW} = spatial(input, filter, geometry);
  return [input[0], outH, outW, filter[3]];
}

/** k = (fY, fX, inC), mul(activation, weight); positions in the padding are +0. */
export function conv2d(product: OracleProduct, x: Nd, filter: Nd, geometry: Geometry): Nd {
  const [batch, inH, inW, inC] = x.shape;
  const [fH, fW, , outC] = filter.shape;
  const {outH, outW, top, left} = spatial(x.shape, filter.shape, geometry);
  const [sY, sX] = geometry.strides;
  const [dY, dX] = geometry.dilations;
  const a = rounded(product, x);
  const w = rounded(product, filter);
  const data = new Float32Array(batch * outH * outW * outC);
  const sum = new OrderedSum(fH * fW * inC, data.length);
  let to = 0;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outH; oy++) {
      for (let ox = 0; ox < outW; ox++) {
        for (let oc = 0; oc < outC; oc++) {
          sum.reset();
          for (let fy = 0; fy < fH; fy++) {
            const iy = oy * sY - top + fy * dY;
            for (let fx = 0; fx < fW; fx++) {
              const ix = ox * sX - left + fx * dX;
              const inside = iy >= 0 && iy < inH && ix >= 0 && ix < inW;
              for (let ic = 0; ic < inC; ic++) {
                const activation = inside ? a[((b * inH + iy) * inW + ix) * inC + ic] : 0;
                const weight = w[((fy * fW + fx) * inC + ic) * outC + oc];
                sum.add(product.multiply(activation, weight));
              }
            }
          }
          data[to++] = sum.value();
        }
      }
    }
  }
  return {shape: [batch, outH, outW, outC], data};
}

/**
 * k = (batch, outY, outX), mul(activation, dy). `swapped` gives mul(dy, activation): for a
 * transposed convolution the roles of the two tensors are exchanged.
 */
export function conv2dFilterGradient(
  product: OracleProduct,
  x: Nd,
  dy: Nd,
  filterShape: readonly number[],
  geometry: Geometry,
  swapped = false,
): Nd {
  const [batch, inH, inW, inC] = x.shape;
  const [fH, fW, , outC] = filterShape;
  const [, outH, outW] = dy.shape;
  const {top, left} = spatial(x.shape, filterShape, geometry);
  const [sY, sX] = geometry.strides;
  const a = rounded(product, x);
  const g = rounded(product, dy);
  const data = new Float32Array(fH * fW * inC * outC);
  const sum = new OrderedSum(batch * outH * outW, data.length);
  let to = 0;
  for (let fy = 0; fy < fH; fy++) {
    for (let fx = 0; fx < fW; fx++) {
      for (let ic = 0; ic < inC; ic++) {
        for (let oc = 0; oc < outC; oc++) {
          sum.reset();
          for (let b = 0; b < batch; b++) {
            for (let oy = 0; oy < outH; oy++) {
              const iy = oy * sY - top + fy;
              for (let ox = 0; ox < outW; ox++) {
                const ix = ox * sX - left + fx;
                const inside = iy >= 0 && iy < inH && ix >= 0 && ix < inW;
                const activation = inside ? a[((b * inH + iy) * inW + ix) * inC + ic] : 0;
                const error = g[((b * outH + oy) * outW + ox) * outC + oc];
                sum.add(
                  swapped
                    ? product.multiply(error, activation)
                    : product.multiply(activation, error),
                );
              }
            }
          }
          data[to++] = sum.value();
        }
      }
    }
  }
  return {shape: [...filterShape], data};
}

/** The filter taps that meet a position at distance `at` from the padded edge, ascending. */
function tapsOf(at: number, filter: number, stride: number): number[] {
  const taps: number[] = [];
  for (let f = 0; f < filter; f++) if ((at - f) % stride === 0) taps.push(f);
  return taps;
}

/**
 * k = (fY, fX, outC), mul(dy, weight), over the taps that meet the position at a multiple of the
 * stride. Positions of the same stride phase are one sum of products with its own m and K; where
 * dy has no such row or column it reads +0. The forward pass of a transposed convolution is the
 * same computation with mul(activation, weight).
 */
export function conv2dInputGradient(
  product: OracleProduct,
  dy: Nd,
  filter: Nd,
  inputShape: readonly number[],
  geometry: Geometry,
): Nd {
  const [batch, inH, inW, inC] = inputShape;
  const [fH, fW, , outC] = filter.shape;
  const [, outH, outW] = dy.shape;
  const {top, left} = spatial(inputShape, filter.shape, geometry);
  const [sY, sX] = geometry.strides;
  const g = rounded(product, dy);
  const w = rounded(product, filter);
  const data = new Float32Array(batch * inH * inW * inC);
  const inPhase = (size: number, before: number, stride: number, phase: number): number =>
    Array.from({length: size}, (_, i) => (i + before) % stride).filter(p => p === phase).length;
  for (let iy = 0; iy < inH; iy++) {
    const tapsY = tapsOf(iy + top, fH, sY);
    const rows = inPhase(inH, top, sY, (iy + top) % sY);
    for (let ix = 0; ix < inW; ix++) {
      const tapsX = tapsOf(ix + left, fW, sX);
      const cols = inPhase(inW, left, sX, (ix + left) % sX);
      const sum = new OrderedSum(tapsY.length * tapsX.length * outC, batch * rows * cols * inC);
      for (let b = 0; b < batch; b++) {
        for (let ic = 0; ic < inC; ic++) {
          sum.reset();
          for (const fy of tapsY) {
            const oy = (iy + top - fy) / sY;
            for (const fx of tapsX) {
              const ox = (ix + left - fx) / sX;
              const inside = oy >= 0 && oy < outH && ox >= 0 && ox < outW;
              for (let oc = 0; oc < outC; oc++) {
                const error = inside ? g[((b * outH + oy) * outW + ox) * outC + oc] : 0;
                const weight = w[((fy * fW + fx) * inC + ic) * outC + oc];
                sum.add(product.multiply(error, weight));
              }
            }
          }
          data[((b * inH + iy) * inW + ix) * inC + ic] = sum.value();
        }
      }
    }
  }
  return {shape: [...inputShape], data};
}

// ---------------------------------------------------------------------------------------------

export type Activation = 'linear' | 'relu' | 'relu6';

/**
 * Adds the bias (shaped like the last axes of y, or a single value), then applies the activation.
 * NaN passes relu.
 */
export function epilogue(y: Nd, bias?: Nd, activation: Activation = 'linear'): Nd {
  const data = y.data.map((sum, i) => {
    let out = sum;
    if (bias) out = Math.fround(out + bias.data[i % bias.data.length]);
    if (activation !== 'linear' && out < 0) out = 0;
    if (activation === 'relu6' && out > 6) out = 6;
    return out;
  });
  return {shape: y.shape, data};
}

/** The gradient that reaches the sum under an activation: dy where the output says so, else 0. */
export function activationGradient(y: Nd, dy: Nd, activation: Activation): Nd {
  const open = (out: number): boolean =>
    activation === 'linear' || (out > 0 && (activation === 'relu' || out < 6));
  return {shape: dy.shape, data: dy.data.map((g, i) => (open(y.data[i]) ? g : 0))};
}
