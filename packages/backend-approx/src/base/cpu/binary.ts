// SPDX-License-Identifier: Apache-2.0
/**
 * Element-wise kernels of two float32 tensors for the CPU engines. The stock ones compute two remainders per
 * element, and index lists where an operand is broadcast. Here results are formed run by run.
 */
import {backend_util, util, type KernelFunc, type TensorInfo} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {floatValues} from '../../engines/host.js';
import {broadcastWalk, type Block} from './broadcast.js';
import {repeated} from './tile.js';

/**
 * The loops of one operation. One loop that calls the operation would be compiled well only while that is always
 * the same. Four results a pass halve the time of a pass, of which most is checks of bounds.
 */
interface Loops {
  readonly isCommutative: boolean;
  /** out[i] = x[i] op y[i] */
  pairs(x: Float32Array, y: Float32Array, out: Float32Array): void;
  /** out[i] = x[i] op y */
  number(x: Float32Array, y: number, out: Float32Array): void;
  /** Rows of any length, along which an operand moves by 0 or 1. */
  rows(x: Float32Array, y: Float32Array, out: Float32Array, block: Block): void;
}

/** Runs from here on are worth views of their own. */
const LONG = 512;
/** Shorter rows that are repeated are copied side by side until they are as long: 16 KiB, in the L1 cache. */
const REPEATED = 4096;

function binary(loops: Loops): (stock: KernelFunc) => KernelFunc {
  return stock => call => {
    const {a, b} = call.inputs as unknown as Record<string, TensorInfo>;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call);
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (shape.includes(0)) return stock(call);
    const isSwapped =
      loops.isCommutative && util.sizeFromShape(a.shape) < util.sizeFromShape(b.shape);
    const [first, last] = isSwapped ? [b, a] : [a, b];
    const backend = call.backend as MathBackendCPU;
    const x = floatValues(backend, first);
    const y = floatValues(backend, last);
    const out = new Float32Array(util.sizeFromShape(shape));
    if (x.length === out.length && y.length === out.length) loops.pairs(x, y, out);
    else if (x.length === out.length && y.length === 1) loops.number(x, y[0], out);
    else {
      broadcastWalk(first.shape, last.shape, shape, block => {
        fill(loops, x, y, out, block);
      });
    }
    return backend.makeTensorInfo(shape, 'float32', out);
  };
}

function fill(
  loops: Loops,
  x: Float32Array,
  y: Float32Array,
  out: Float32Array,
  block: Block,
): void {
  const {a, b, aVaries, bVaries, aStep, bStep, length} = block;
  const rows = block.rows;
  if (aVaries && bVaries) {
    // Of more than one row, one operand's is always the same.
    const count = Math.min(rows, Math.ceil(REPEATED / length));
    const repeat = (values: Float32Array, at: number) =>
      repeated(values.subarray(at, at + length), length, count);
    const xRows = rows > 1 && aStep === 0 ? repeat(x, a) : undefined;
    const yRows = rows > 1 && bStep === 0 ? repeat(y, b) : undefined;
    for (let row = 0; row < rows; row += count) {
      const size = Math.min(count, rows - row) * length;
      const from = row * length;
      loops.pairs(
        xRows?.subarray(0, size) ?? x.subarray(a + from, a + from + size),
        yRows?.subarray(0, size) ?? y.subarray(b + from, b + from + size),
        out.subarray(block.out + from, block.out + from + size),
      );
    }
  } else if (aVaries && length >= LONG) {
    for (let row = 0; row < rows; row++) {
      const xAt = a + row * aStep;
      const at = block.out + row * length;
      const run = x.subarray(xAt, xAt + length);
      loops.number(run, y[b + row * bStep], out.subarray(at, at + length));
    }
  } else {
    loops.rows(x, y, out, block);
  }
}

export const add = binary({
  isCommutative: true,
  pairs(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] + y[i];
      out[i + 1] = x[i + 1] + y[i + 1];
      out[i + 2] = x[i + 2] + y[i + 2];
      out[i + 3] = x[i + 3] + y[i + 3];
    }
    for (; i < out.length; i++) out[i] = x[i] + y[i];
  },
  number(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] + y;
      out[i + 1] = x[i + 1] + y;
      out[i + 2] = x[i + 2] + y;
      out[i + 3] = x[i + 3] + y;
    }
    for (; i < out.length; i++) out[i] = x[i] + y;
  },
  rows(x, y, out, {a, b, out: o, aVaries, bVaries, rows, aStep, bStep, length}) {
    const xStep = +aVaries;
    const yStep = +bVaries;
    for (let row = 0; row < rows; row++, a += aStep, b += bStep) {
      let i = a;
      let j = b;
      for (const end = o + length; o < end; o++, i += xStep, j += yStep) out[o] = x[i] + y[j];
    }
  },
});

export const subtract = binary({
  isCommutative: false,
  pairs(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] - y[i];
      out[i + 1] = x[i + 1] - y[i + 1];
      out[i + 2] = x[i + 2] - y[i + 2];
      out[i + 3] = x[i + 3] - y[i + 3];
    }
    for (; i < out.length; i++) out[i] = x[i] - y[i];
  },
  number(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] - y;
      out[i + 1] = x[i + 1] - y;
      out[i + 2] = x[i + 2] - y;
      out[i + 3] = x[i + 3] - y;
    }
    for (; i < out.length; i++) out[i] = x[i] - y;
  },
  rows(x, y, out, {a, b, out: o, aVaries, bVaries, rows, aStep, bStep, length}) {
    const xStep = +aVaries;
    const yStep = +bVaries;
    for (let row = 0; row < rows; row++, a += aStep, b += bStep) {
      let i = a;
      let j = b;
      for (const end = o + length; o < end; o++, i += xStep, j += yStep) out[o] = x[i] - y[j];
    }
  },
});

export const multiply = binary({
  isCommutative: true,
  pairs(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] * y[i];
      out[i + 1] = x[i + 1] * y[i + 1];
      out[i + 2] = x[i + 2] * y[i + 2];
      out[i + 3] = x[i + 3] * y[i + 3];
    }
    for (; i < out.length; i++) out[i] = x[i] * y[i];
  },
  number(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] * y;
      out[i + 1] = x[i + 1] * y;
      out[i + 2] = x[i + 2] * y;
      out[i + 3] = x[i + 3] * y;
    }
    for (; i < out.length; i++) out[i] = x[i] * y;
  },
  rows(x, y, out, {a, b, out: o, aVaries, bVaries, rows, aStep, bStep, length}) {
    const xStep = +aVaries;
    const yStep = +bVaries;
    for (let row = 0; row < rows; row++, a += aStep, b += bStep) {
      let i = a;
      let j = b;
      for (const end = o + length; o < end; o++, i += xStep, j += yStep) out[o] = x[i] * y[j];
    }
  },
});

export const divide = binary({
  isCommutative: false,
  pairs(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] / y[i];
      out[i + 1] = x[i + 1] / y[i + 1];
      out[i + 2] = x[i + 2] / y[i + 2];
      out[i + 3] = x[i + 3] / y[i + 3];
    }
    for (; i < out.length; i++) out[i] = x[i] / y[i];
  },
  number(x, y, out) {
    const whole = out.length & ~3;
    let i = 0;
    for (; i < whole; i += 4) {
      out[i] = x[i] / y;
      out[i + 1] = x[i + 1] / y;
      out[i + 2] = x[i + 2] / y;
      out[i + 3] = x[i + 3] / y;
    }
    for (; i < out.length; i++) out[i] = x[i] / y;
  },
  rows(x, y, out, {a, b, out: o, aVaries, bVaries, rows, aStep, bStep, length}) {
    const xStep = +aVaries;
    const yStep = +bVaries;
    for (let row = 0; row < rows; row++, a += aStep, b += bStep) {
      let i = a;
      let j = b;
      for (const end = o + length; o < end; o++, i += xStep, j += yStep) out[o] = x[i] / y[j];
    }
  },
});
