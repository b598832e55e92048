// SPDX-License-Identifier: Apache-2.0
/** conv3d and its two gradients as loop nests, NDHWC, filter [depth, height, width, inC, outC]. */
import {type Nd, OrderedSum, sizeOf} from './oracle-ops.js';
import type {OracleProduct} from './oracle-product.js';
import {meetings, spatialAxis} from './oracle-spatial.js';

type Triple = readonly [number, number, number];

export interface Geometry3D {
  readonly strides: Triple;
  readonly dilations: Triple;
  readonly pad: 'same' | 'valid';
}

/** Depth, height and width. */
function axes(input: readonly number[], filter: readonly number[], geometry: Geometry3D) {
  const {strides, dilations, pad} = geometry;
  return [0, 1, 2].map(d => spatialAxis(input[d + 1], filter[d], strides[d], dilations[d], pad));
}

/** The shape of the output. */
export function conv3dShape(
  input: readonly number[],
  filter: readonly number[],
  geometry: Geometry3D,
): number[] {
  return [input[0], ...axes(input, filter, geometry).map(({out}) => out), filter[4]];
}

/** Reads a rounded tensor [batch, depth, height, width, channels]; +0 outside. */
function reader(product: OracleProduct, {shape, data}: Nd) {
  const [, depth, height, width, channels] = shape;
  const values = data.map(v => product.round(v));
  return (b: number, z: number, y: number, x: number, c: number): number => {
    const inside = z >= 0 && z < depth && y >= 0 && y < height && x >= 0 && x < width;
    return inside ? values[(((b * depth + z) * height + y) * width + x) * channels + c] : 0;
  };
}

/** Reads a rounded filter [depth, height, width, inC, outC]. */
function filterReader(product: OracleProduct, {shape, data}: Nd) {
  const [, fH, fW, inC, outC] = shape;
  const values = data.map(v => product.round(v));
  return (z: number, y: number, x: number, ic: number, oc: number): number =>
    values[(((z * fH + y) * fW + x) * inC + ic) * outC + oc];
}

/** Visits every combination of indices in row-major order. */
function forEach(
  [n0, n1, n2, n3, n4]: readonly number[],
  visit: (i0: number, i1: number, i2: number, i3: number, i4: number) => void,
): void {
  for (let i0 = 0; i0 < n0; i0++) {
    for (let i1 = 0; i1 < n1; i1++) {
      for (let i2 = 0; i2 < n2; i2++) {
        for (let i3 = 0; i3 < n3; i3++) for (let i4 = 0; i4 < n4; i4++) visit(i0, i1, i2, i3, i4);
      }
    }
  }
}

/** k = (fZ, fY, fX, inC), mul(activation, weight); positions in the padding are +0. */
export function conv3d(product: OracleProduct, x: Nd, filter: Nd, geometry: Geometry3D): Nd {
  const [fD, fH, fW, inC] = filter.shape;
  const shape = conv3dShape(x.shape, filter.shape, geometry);
  const before = axes(x.shape, filter.shape, geometry).map(axis => axis.before);
  const {strides, dilations} = geometry;
  const a = reader(product, x);
  const w = filterReader(product, filter);
  const data = new Float32Array(sizeOf(shape));
  const sum = new OrderedSum(fD * fH * fW * inC, data.length);
  let to = 0;
  forEach(shape, (b, oz, oy, ox, oc) => {
    sum.reset();
    for (let fz = 0; fz < fD; fz++) {
      const iz = oz * strides[0] - before[0] + fz * dilations[0];
      for (let fy = 0; fy < fH; fy++) {
        const iy = oy * strides[1] - before[1] + fy * dilations[1];
        for (let fx = 0; fx < fW; fx++) {
          const ix = ox * strides[2] - before[2] + fx * dilations[2];
          for (let ic = 0; ic < inC; ic++) {
            sum.add(product.multiply(a(b, iz, iy, ix, ic), w(fz, fy, fx, ic, oc)));
          }
        }
      }
    }
    data[to++] = sum.value();
  });
  return {shape, data};
}

/**
 * k = (batch, outZ, outY, outX), mul(activation, dy). `swapped` gives mul(dy, activation): for a
 * transposed convolution the roles of the two tensors are exchanged.
 */
export function conv3dFilterGradient(
  product: OracleProduct,
  x: Nd,
  dy: Nd,
  filterShape: readonly number[],
  geometry: Geometry3D,
  swapped = false,
): Nd {
  const [batch, outD, outH, outW] = dy.shape;
  const before = axes(x.shape, filterShape, geometry).map(axis => axis.before);
  const {strides} = geometry;
  const a = reader(product, x);
  const g = reader(product, dy);
  const data = new Float32Array(sizeOf(filterShape));
  const sum = new OrderedSum(batch * outD * outH * outW, data.length);
  let to = 0;
  forEach(filterShape, (fz, fy, fx, ic, oc) => {
    sum.reset();
    for (let b = 0; b < batch; b++) {
      for (let oz = 0; oz < outD; oz++) {
        const iz = oz * strides[0] - before[0] + fz;
        for (let oy = 0; oy < outH; oy++) {
          const iy = oy * strides[1] - before[1] + fy;
          for (let ox = 0; ox < outW; ox++) {
            const ix = ox * strides[2] - before[2] + fx;
            const activation = a(b, iz, iy, ix, ic);
            const error = g(b, oz, oy, ox, oc);
            sum.add(
              swapped ? product.multiply(error, activation) : product.multiply(activation, error),
            );
          }
        }
      }
    }
    data[to++] = sum.value();
  });
  return {shape: [...filterShape], data};
}

/**
 * k = (fZ, fY, fX, outC), mul(dy, weight), over the taps that meet the position at a multiple of
 * the stride. Positions of one stride phase are one sum of products with its own outputs and K.
 * The forward pass of a transposed convolution is the same with mul(activation, weight).
 */
export function conv3dInputGradient(
  product: OracleProduct,
  dy: Nd,
  filter: Nd,
  inputShape: readonly number[],
  geometry: Geometry3D,
): Nd {
  const [batch, , , , inC] = inputShape;
  const outC = filter.shape[4];
  const [alongZ, alongY, alongX] = axes(inputShape, filter.shape, geometry).map(({before}, d) =>
    meetings(inputShape[d + 1], filter.shape[d], geometry.strides[d], before),
  );
  const g = reader(product, dy);
  const w = filterReader(product, filter);
  const data = new Float32Array(sizeOf(inputShape));
  let to = 0;
  forEach(inputShape, (b, iz, iy, ix, ic) => {
    const [z, y, x] = [alongZ[iz], alongY[iy], alongX[ix]];
    const k = z.taps.length * y.taps.length * x.taps.length * outC;
    const sum = new OrderedSum(k, batch * z.alike * y.alike * x.alike * inC);
    for (let i = 0; i < z.taps.length; i++) {
      for (let j = 0; j < y.taps.length; j++) {
        for (let l = 0; l < x.taps.length; l++) {
          for (let oc = 0; oc < outC; oc++) {
            const error = g(b, z.outs[i], y.outs[j], x.outs[l], oc);
            const weight = w(z.taps[i], y.taps[j], x.taps[l], ic, oc);
            sum.add(product.multiply(error, weight));
          }
        }
      }
    }
    data[to++] = sum.value();
  });
  return {shape: [...inputShape], data};
}
