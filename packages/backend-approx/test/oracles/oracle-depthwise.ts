// SPDX-License-Identifier: Apache-2.0
/**
 * Depthwise convolution and its two gradients as loop nests, NHWC, filter [height, width, inC,
 * multiplier]: channel `ic` of the input has `multiplier` output channels of its own, stored at
 * `ic * multiplier + q`.
 */
import {type Geometry, type Nd, OrderedSum} from './oracle-ops.js';
import type {OracleProduct} from './oracle-product.js';
import {meetings, spatialAxis} from './oracle-spatial.js';

function axes(input: readonly number[], filter: readonly number[], geometry: Geometry) {
  const {strides, dilations, pad} = geometry;
  const [vertical, horizontal] =
    typeof pad === 'string'
      ? [pad, pad]
      : ([
          [pad.top, pad.bottom],
          [pad.left, pad.right],
        ] as const);
  return {
    y: spatialAxis(input[1], filter[0], strides[0], dilations[0], vertical),
    x: spatialAxis(input[2], filter[1], strides[1], dilations[1], horizontal),
  };
}

/** The shape of the output. */
export function depthwiseShape(
  input: readonly number[],
  filter: readonly number[],
  geometry: Geometry,
): number[] {
  const {y, x} = axes(input, filter, geometry);
  return [input[0], y.out, x.out, filter[2] * filter[3]];
}

/** k = (fY, fX), mul(activation, weight); positions in the padding are +0. */
export function depthwise(product: OracleProduct, x: Nd, filter: Nd, geometry: Geometry): Nd {
  const [batch, inH, inW, inC] = x.shape;
  const [fH, fW, , multiplier] = filter.shape;
  const shape = depthwiseShape(x.shape, filter.shape, geometry);
  const [, outH, outW, outC] = shape;
  const along = axes(x.shape, filter.shape, geometry);
  const [sY, sX] = geometry.strides;
  const [dY, dX] = geometry.dilations;
  const a = x.data.map(v => product.round(v));
  const w = filter.data.map(v => product.round(v));
  const data = new Float32Array(batch * outH * outW * outC);
  const sum = new OrderedSum(fH * fW, data.length);
  let to = 0;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outH; oy++) {
      for (let ox = 0; ox < outW; ox++) {
        for (let ic = 0; ic < inC; ic++) {
          for (let q = 0; q < multiplier; q++) {
            sum.reset();
            for (let fy = 0; fy < fH; fy++) {
              const iy = oy * sY - along.y.before + fy * dY;
              for (let fx = 0; fx < fW; fx++) {
                const ix = ox * sX - along.x.before + fx * dX;
                const inside = iy >= 0 && iy < inH && ix >= 0 && ix < inW;
                const activation = inside ? a[((b * inH + iy) * inW + ix) * inC + ic] : 0;
                const weight = w[((fy * fW + fx) * inC + ic) * multiplier + q];
                sum.add(product.multiply(activation, weight));
              }
            }
            data[to++] = sum.value();
          }
        }
      }
    }
  }
  return {shape, data};
}

/** k = (batch, outY, outX), mul(activation, dy). */
export function depthwiseFilterGradient(
  product: OracleProduct,
  x: Nd,
  dy: Nd,
  filterShape: readonly number[],
  geometry: Geometry,
): Nd {
  const [batch, inH, inW, inC] = x.shape;
  const [fH, fW, , multiplier] = filterShape;
  const [, outH, outW, outC] = dy.shape;
  const along = axes(x.shape, filterShape, geometry);
  const [sY, sX] = geometry.strides;
  const a = x.data.map(v => product.round(v));
  const g = dy.data.map(v => product.round(v));
  const data = new Float32Array(fH * fW * inC * multiplier);
  const sum = new OrderedSum(batch * outH * outW, data.length);
  let to = 0;
  for (let fy = 0; fy < fH; fy++) {
    for (let fx = 0; fx < fW; fx++) {
      for (let ic = 0; ic < inC; ic++) {
        for (let q = 0; q < multiplier; q++) {
          sum.reset();
          for (let b = 0; b < batch; b++) {
            for (let oy = 0; oy < outH; oy++) {
              const iy = oy * sY - along.y.before + fy;
              for (let ox = 0; ox < outW; ox++) {
                const ix = ox * sX - along.x.before + fx;
                const inside = iy >= 0 && iy < inH && ix >= 0 && ix < inW;
                const activation = inside ? a[((b * inH + iy) * inW + ix) * inC + ic] : 0;
                const error = g[((b * outH + oy) * outW + ox) * outC + ic * multiplier + q];
                sum.add(product.multiply(activation, error));
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

/**
 * k = (fY, fX, multiplier), mul(dy, weight), over the taps that meet the position at a multiple of
 * the stride. Positions of one stride phase are one sum of products with its own outputs and K.
 */
export function depthwiseInputGradient(
  product: OracleProduct,
  dy: Nd,
  filter: Nd,
  inputShape: readonly number[],
  geometry: Geometry,
): Nd {
  const [batch, inH, inW, inC] = inputShape;
  const [fH, fW, , multiplier] = filter.shape;
  const [, outH, outW, outC] = dy.shape;
  const along = axes(inputShape, filter.shape, geometry);
  const vertical = meetings(inH, fH, geometry.strides[0], along.y.before);
  const horizontal = meetings(inW, fW, geometry.strides[1], along.x.before);
  const g = dy.data.map(v => product.round(v));
  const w = filter.data.map(v => product.round(v));
  const data = new Float32Array(batch * inH * inW * inC);
  for (let iy = 0; iy < inH; iy++) {
    const rows = vertical[iy];
    for (let ix = 0; ix < inW; ix++) {
      const cols = horizontal[ix];
      const k = rows.taps.length * cols.taps.length * multiplier;
      const sum = new OrderedSum(k, batch * rows.alike * cols.alike * inC);
      for (let b = 0; b < batch; b++) {
        for (let ic = 0; ic < inC; ic++) {
          sum.reset();
          rows.taps.forEach((fy, i) => {
            const oy = rows.outs[i];
            cols.taps.forEach((fx, j) => {
              const ox = cols.outs[j];
              const inside = oy >= 0 && oy < outH && ox >= 0 && ox < outW;
              for (let q = 0; q < multiplier; q++) {
                const channel = ic * multiplier + q;
                const error = inside ? g[((b * outH + oy) * outW + ox) * outC + channel] : 0;
                const weight = w[((fy * fW + fx) * inC + ic) * multiplier + q];
                sum.add(product.multiply(error, weight));
              }
            });
          });
          data[((b * inH + iy) * inW + ix) * inC + ic] = sum.value();
        }
      }
    }
  }
  return {shape: [...inputShape], data};
}
