// SPDX-License-Identifier: Apache-2.0
/**
 * What the multiply-accumulate ops must do on every engine: the bits of the oracle's loop nests,
 * for every multiplier, shape, transpose, stride, padding and special value in the case lists.
 */
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {setEngine, setMultiplier} from '#src/index.js';
import {expectSameBits, expectWithin} from '#src/testing/compare.js';
import {enginesHere, type TestEngine} from '../engines.js';
import {evaluate, seedOf} from '../oracles/oracle-check.js';
import {testMultiplier} from '../oracles/oracle-multipliers.js';
import type {Geometry, Nd} from '../oracles/oracle-ops.js';
import * as oracle from '../oracles/oracle-ops.js';
import {type OracleProduct, oracleProduct} from '../oracles/oracle-product.js';
import {tfPad, toTensor} from '../oracles/oracle-tensors.js';
import {randomTensor} from '#src/testing/random.js';
import type {ConvCase} from './conv2d.cases.js';
import * as conv from './conv2d.cases.js';
import type {MatMulCase} from './matmul.cases.js';
import * as mat from './matmul.cases.js';
import {type MultiplierName, ASYMMETRIC, FEW, dataOptions} from './multipliers.cases.js';
import {EDGES, NAN_BITS} from './specials.cases.js';

type Tensors = tf.Tensor[];

/** One evaluation: the op on tensors and the oracle on the same data. */
interface Check {
  readonly what: string;
  readonly multiplier: string;
  /** Number of products in the longest sum; scales the tolerances. */
  readonly k: number;
  readonly operands: Nd[];
  op(...tensors: Tensors): tf.Tensor;
  own(product: OracleProduct, ...operands: Nd[]): Nd;
}

async function check({what, multiplier, k, operands, op, own}: Check): Promise<void> {
  const {setting, product} = testMultiplier(multiplier);
  setMultiplier(setting);
  const [actual] = await evaluate(operands, (...tensors) => [op(...tensors)]);
  const expected = own(product, ...operands);
  expect(actual.shape, what).to.deep.equal([...expected.shape]);
  if (product.comparable === 'bits') {
    expectSameBits(what, actual.data, expected.data);
  } else {
    // |error| <= about K units in the last place of the sum of the products' magnitudes.
    const magnitudes = operands.map(({shape, data}) => ({shape, data: data.map(Math.abs)}));
    const bound = own(product, ...magnitudes).data.map(sum => sum * (k + 2) * 2 ** -23);
    expectWithin(what, actual.data, expected.data, bound);
  }
}

function matMulTitle(c: MatMulCase): string {
  const side = (shape: number[], transposed: boolean): string =>
    `[${shape}]${transposed ? ' transposed' : ''}`;
  const sides = `${side(c.aShape, c.transposeA)} x ${side(c.bShape, c.transposeB)}`;
  return `${sides}, ${c.multiplier}, ${c.style}`;
}

function innerOf({aShape, transposeA}: MatMulCase): number {
  return aShape[aShape.length - (transposeA ? 2 : 1)];
}

function convTitle({xShape, wShape, geometry, multiplier, style}: ConvCase): string {
  const {strides, dilations, pad} = geometry;
  const padding = typeof pad === 'string' ? pad : Object.values(pad).join('/');
  const dilated = dilations.some(d => d > 1) ? ` dilations ${dilations}` : '';
  const where = `[${xShape}] * [${wShape}] strides ${strides}${dilated} ${padding}`;
  return `${where}, ${multiplier}, ${style}`;
}

function data(c: MatMulCase | ConvCase, shape: readonly number[], seed: number): Nd {
  return randomTensor(shape, seed, dataOptions(c.multiplier, c.style));
}

const isDilated = ({geometry}: ConvCase): boolean => geometry.dilations.some(d => d > 1);

/** The kernels that tfjs's gradients call, called directly. */
const stockKernels = {
  filterGradient: (x: tf.Tensor, dy: tf.Tensor, filterShape: number[], geometry: Geometry) =>
    tf.engine().runKernel(
      'Conv2DBackpropFilter',
      {x, dy},
      {
        strides: [...geometry.strides],
        pad: tfPad(geometry.pad),
        dataFormat: 'NHWC',
        filterShape,
      },
    ) as tf.Tensor,
  inputGradient: (dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], geometry: Geometry) =>
    tf.engine().runKernel(
      'Conv2DBackpropInput',
      {dy, filter},
      {
        strides: [...geometry.strides],
        pad: tfPad(geometry.pad),
        dataFormat: 'NHWC',
        inputShape,
      },
    ) as tf.Tensor,
};

function describeOps(options: TestEngine): void {
  const {engine} = options;
  const fits = (macs: number): boolean => macs <= options.maxMacs.ops;
  /** The cases, under `few` with multipliers of one layout. */
  const inTurn = <C extends {readonly multiplier: MultiplierName}>(cases: C[]): C[] =>
    options.few ? cases.map((c, i) => ({...c, multiplier: FEW[i % FEW.length]})) : cases;
  /** Under `few`, the first ones only. */
  const first = <T>(count: number, names: T[]): T[] =>
    options.few ? names.slice(0, count) : names;

  describe(`multiply-accumulate ops on ${engine}`, function () {
    this.timeout(120_000);
    let tensors = 0;

    before(async () => {
      await setEngine(engine);
      options.ready?.();
      tensors = tf.memory().numTensors;
    });

    after(() => {
      setMultiplier('mbm7');
      expect(tf.memory().numTensors, 'tensors left over').to.equal(tensors);
    });

    describe('matMul', () => {
      const shapes = options.few ? mat.FEW_MATMUL : mat.MATMUL;
      const cases = [...mat.EVERY_MULTIPLIER, ...inTurn(shapes)];
      for (const c of cases.filter(c => fits(mat.matMulMacs(c)))) {
        const title = matMulTitle(c);
        it(title, () => {
          const {transposeA, transposeB} = c;
          return check({
            what: title,
            multiplier: c.multiplier,
            k: innerOf(c),
            operands: [data(c, c.aShape, seedOf(title)), data(c, c.bShape, seedOf(title) + 1)],
            op: (a, b) => tf.matMul(a, b, transposeA, transposeB),
            own: (p, a, b) => oracle.matMul(p, a, b, transposeA, transposeB),
          });
        });
      }

      if (options.large) {
        for (const c of mat.LARGE_MATMUL) {
          const title = matMulTitle(c);
          it(`${title}, sampled`, async () => {
            const {setting, product} = testMultiplier(c.multiplier);
            setMultiplier(setting);
            const a = data({...c, style: 'medium'}, c.aShape, 1);
            const b = data({...c, style: 'medium'}, c.bShape, 2);
            const {transposeA, transposeB} = c;
            const [actual] = await evaluate([a, b], (x, y) => [
              tf.matMul(x, y, transposeA, transposeB),
            ]);
            const {shape, at} = oracle.matMulElement(product, a, b, transposeA, transposeB);
            const [rows, cols] = shape;
            const sample = Array.from({length: 500}, (_, s) => (s * 104729) % (rows * cols));
            sample.push(0, cols - 1, (rows - 1) * cols, rows * cols - 1);
            expectSameBits(
              title,
              sample.map(i => actual.data[i]),
              sample.map(i => at(0, Math.floor(i / cols), i % cols)),
            );
          });
        }
      }

      for (const [transposeA, transposeB] of mat.TRANSPOSES) {
        it(`without products (K = 0), transposed ${transposeA} ${transposeB}, gives +0`, async () => {
          setMultiplier('mbm7');
          const a: Nd = {shape: transposeA ? [0, 3] : [3, 0], data: new Float32Array()};
          const b: Nd = {shape: transposeB ? [4, 0] : [0, 4], data: new Float32Array()};
          const [y] = await evaluate([a, b], (x, w) => [tf.matMul(x, w, transposeA, transposeB)]);
          expect(y.shape).to.deep.equal([3, 4]);
          expect([...y.data].every(sum => Object.is(sum, 0))).to.equal(true);
        });
      }
    });

    describe('fused matMul', () => {
      const fused = options.few ? mat.FEW_FUSED_MATMUL : mat.FUSED_MATMUL;
      for (const c of inTurn([...fused, ...mat.BROADCAST_BIAS])) {
        if (!fits(mat.matMulMacs(c))) continue;
        const bias = c.biasShape ? `bias [${c.biasShape}]` : 'no bias';
        const title = `${matMulTitle(c)}, ${bias}, ${c.activation}`;
        it(title, () => {
          const {transposeA, transposeB, activation, biasShape} = c;
          const operands = [data(c, c.aShape, seedOf(title)), data(c, c.bShape, seedOf(title) + 1)];
          if (biasShape) operands.push(data(c, biasShape, seedOf(title) + 2));
          return check({
            what: title,
            multiplier: c.multiplier,
            k: innerOf(c),
            operands,
            op: (a, b, bias?) => tf.fused.matMul({a, b, transposeA, transposeB, bias, activation}),
            own: (p, a, b, bias?) =>
              oracle.epilogue(oracle.matMul(p, a, b, transposeA, transposeB), bias, activation),
          });
        });
      }
    });

    describe('gradients of matMul: operand order, and a multiplier per pass', () => {
      const [forward, inputGradient, weightGradient] = ASYMMETRIC.map(testMultiplier);
      const passes = {
        forward: forward.setting,
        inputGradient: inputGradient.setting,
        weightGradient: weightGradient.setting,
      };

      async function gradients(
        what: string,
        [a, b, dy]: [Nd, Nd, Nd],
        [transposeA, transposeB]: [boolean, boolean],
        op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
        activation: oracle.Activation = 'linear',
        bias?: Nd,
      ): Promise<void> {
        setMultiplier(passes);
        const [y, da, db] = await evaluate([a, b, dy], (x, w, g) => {
          const {value, grads} = tf.valueAndGrads(op)([x, w], g);
          return [value, ...grads];
        });
        const sums = oracle.matMul(forward.product, a, b, transposeA, transposeB);
        const out = oracle.epilogue(sums, bias, activation);
        const g = oracle.activationGradient(out, dy, activation);
        const own = (p: OracleProduct) =>
          oracle.matMulGradients(p, a, b, g, transposeA, transposeB);
        expectSameBits(`${what}: y`, y.data, out.data);
        expectSameBits(`${what}: da`, da.data, own(inputGradient.product).da.data);
        expectSameBits(`${what}: db`, db.data, own(weightGradient.product).db.data);
      }

      for (const {mkn, batch} of mat.MATMUL_GRADIENTS) {
        const [m, k, n] = mkn;
        for (const transposes of mat.TRANSPOSES) {
          const [transposeA, transposeB] = transposes;
          const title = `[${[...batch, ...mkn]}] transposed ${transposeA} ${transposeB}`;
          const operands = (seed: number): [Nd, Nd, Nd] => [
            randomTensor([...batch, ...(transposeA ? [k, m] : [m, k])], seed),
            randomTensor([...batch, ...(transposeB ? [n, k] : [k, n])], seed + 1),
            randomTensor([...batch, m, n], seed + 2),
          ];
          if (!fits(3 * oracle.sizeOf([...batch, ...mkn]))) continue;

          it(`${title}, unfused`, () =>
            gradients(title, operands(seedOf(title)), transposes, (a, b) =>
              tf.matMul(a, b, transposeA, transposeB),
            ));

          it(`${title}, fused`, () =>
            gradients(title, operands(seedOf(title) + 3), transposes, (a, b) =>
              tf.fused.matMul({a, b, transposeA, transposeB, activation: 'linear'}),
            ));

          it(`${title}, fused with bias and relu`, () => {
            const bias = randomTensor([n], 11);
            const biased = (a: tf.Tensor, b: tf.Tensor) =>
              tf.fused.matMul({
                a,
                b,
                transposeA,
                transposeB,
                bias: toTensor(bias),
                activation: 'relu',
              });
            const seed = seedOf(title) + 6;
            return gradients(title, operands(seed), transposes, biased, 'relu', bias);
          });
        }
      }

      it('of a tensor with itself (x times x transposed)', async () => {
        setMultiplier(passes);
        const x = randomTensor([6, 9], 21);
        const dy = randomTensor([6, 6], 22);
        const square = (t: tf.Tensor) => tf.matMul(t, t, false, true);
        const [dx] = await evaluate([x, dy], (t, g) => [tf.grad(square)(t, g)]);
        const own = (p: OracleProduct) => oracle.matMulGradients(p, x, x, dy, false, true);
        const {da} = own(inputGradient.product);
        const {db} = own(weightGradient.product);
        const sum = da.data.map((d, i) => Math.fround(d + db.data[i]));
        expectSameBits('dx', dx.data, sum);
      });
    });

    describe('conv2d', () => {
      const every = options.few ? [] : conv.EVERY_MULTIPLIER;
      const shapes = options.few ? conv.FEW_CONV2D : conv.CONV2D;
      for (const c of [...every, ...inTurn(shapes)].filter(c => fits(conv.convMacs(c)))) {
        const title = convTitle(c);
        const {xShape, wShape, geometry, multiplier} = c;
        const {strides, dilations, pad} = geometry;
        const seed = seedOf(title);
        const yShape = oracle.conv2dShape(xShape, wShape, geometry);
        const x = () => data(c, xShape, seed);
        const w = () => data(c, wShape, seed + 1);
        const dy = () => data(c, yShape, seed + 2);

        it(`${title}: forward`, () =>
          check({
            what: title,
            multiplier,
            k: oracle.sizeOf(wShape.slice(0, 3)),
            operands: [x(), w()],
            op: (a, b) =>
              tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [...strides], tfPad(pad), 'NHWC', [
                ...dilations,
              ]),
            own: (p, a, b) => oracle.conv2d(p, a, b, geometry),
          }));

        if (isDilated(c)) continue;

        it(`${title}: input gradient`, () =>
          check({
            what: title,
            multiplier,
            k: wShape[0] * wShape[1] * wShape[3],
            operands: [dy(), w()],
            op: (g, b) => stockKernels.inputGradient(g, b, xShape, geometry),
            own: (p, g, b) => oracle.conv2dInputGradient(p, g, b, xShape, geometry),
          }));

        it(`${title}: filter gradient`, () =>
          check({
            what: title,
            multiplier,
            k: oracle.sizeOf(yShape.slice(0, 3)),
            operands: [x(), dy()],
            op: (a, g) => stockKernels.filterGradient(a, g, wShape, geometry),
            own: (p, a, g) => oracle.conv2dFilterGradient(p, a, g, wShape, geometry),
          }));
      }
    });

    describe('fused conv2d', () => {
      for (const c of inTurn(conv.FUSED_CONV2D).filter(c => fits(conv.convMacs(c)))) {
        const bias = c.biasShape ? `bias [${c.biasShape}]` : 'no bias';
        const title = `${convTitle(c)}, ${bias}, ${c.activation}`;
        it(title, () => {
          const {xShape, wShape, geometry, activation, biasShape} = c;
          const operands = [data(c, xShape, seedOf(title)), data(c, wShape, seedOf(title) + 1)];
          if (biasShape) operands.push(data(c, biasShape, seedOf(title) + 2));
          return check({
            what: title,
            multiplier: c.multiplier,
            k: oracle.sizeOf(wShape.slice(0, 3)),
            operands,
            op: (x, filter, bias?) =>
              tf.fused.conv2d({
                x: x as tf.Tensor4D,
                filter: filter as tf.Tensor4D,
                strides: [...geometry.strides],
                pad: tfPad(geometry.pad),
                dilations: [...geometry.dilations],
                bias,
                activation,
              }),
            own: (p, x, filter, bias?) =>
              oracle.epilogue(oracle.conv2d(p, x, filter, geometry), bias, activation),
          });
        });
      }
    });

    describe('gradients of conv2d and conv2dTranspose: operand order, a multiplier per pass', () => {
      const [forward, inputGradient, weightGradient] = ASYMMETRIC.map(testMultiplier);
      const passes = {
        forward: forward.setting,
        inputGradient: inputGradient.setting,
        weightGradient: weightGradient.setting,
      };

      for (const c of conv.CONV2D_GRADIENTS) {
        const {xShape, wShape, geometry} = c;
        const {strides, pad} = geometry;
        const title = convTitle(c);
        const x = randomTensor(xShape, seedOf(title));
        const w = randomTensor(wShape, seedOf(title) + 1);
        const yShape = oracle.conv2dShape(xShape, wShape, geometry);
        const dy = randomTensor(yShape, seedOf(title) + 2);
        const bias = randomTensor([wShape[3]], seedOf(title) + 3);

        const compare = async (
          activation: oracle.Activation,
          ownBias: Nd | undefined,
          op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
        ): Promise<void> => {
          setMultiplier(passes);
          const [y, dx, dw] = await evaluate([x, w, dy], (a, b, g) => {
            const {value, grads} = tf.valueAndGrads(op)([a, b], g);
            return [value, ...grads];
          });
          const sums = oracle.conv2d(forward.product, x, w, geometry);
          const out = oracle.epilogue(sums, ownBias, activation);
          const g = oracle.activationGradient(out, dy, activation);
          expectSameBits('y', y.data, out.data);
          expectSameBits(
            'dx',
            dx.data,
            oracle.conv2dInputGradient(inputGradient.product, g, w, xShape, geometry).data,
          );
          expectSameBits(
            'dw',
            dw.data,
            oracle.conv2dFilterGradient(weightGradient.product, x, g, wShape, geometry).data,
          );
        };

        it(`conv2d ${title}`, () =>
          compare('linear', undefined, (a, b) =>
            tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [...strides], tfPad(pad)),
          ));

        it(`fused conv2d with bias and relu ${title}`, () =>
          compare('relu', bias, (a, b) =>
            tf.fused.conv2d({
              x: a as tf.Tensor4D,
              filter: b as tf.Tensor4D,
              strides: [...strides],
              pad: tfPad(pad),
              bias: toTensor(bias),
              activation: 'relu',
            }),
          ));
      }

      for (const c of inTurn(conv.CONV2D_TRANSPOSE)) {
        const {xShape: outShape, wShape, geometry} = c;
        const {strides, pad} = geometry;
        const xShape = oracle.conv2dShape(outShape, wShape, geometry);
        const title = `[${xShape}] to ${convTitle(c)}`;
        const transposed = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
          tf.conv2dTranspose(
            x as tf.Tensor4D,
            w as tf.Tensor4D,
            outShape as [number, number, number, number],
            [...strides],
            tfPad(pad),
          );

        it(`conv2dTranspose ${title}: forward`, () =>
          check({
            what: title,
            multiplier: c.multiplier,
            k: wShape[0] * wShape[1] * wShape[3],
            operands: [data(c, xShape, seedOf(title)), data(c, wShape, seedOf(title) + 1)],
            op: transposed,
            own: (p, x, w) => oracle.conv2dInputGradient(p, x, w, outShape, geometry),
          }));

        it(`conv2dTranspose ${title}: gradients`, async () => {
          setMultiplier(passes);
          const x = randomTensor(xShape, seedOf(title) + 2);
          const w = randomTensor(wShape, seedOf(title) + 3);
          const dy = randomTensor(outShape, seedOf(title) + 4);
          const [y, dx, dw] = await evaluate([x, w, dy], (a, b, g) => {
            const {value, grads} = tf.valueAndGrads(transposed)([a, b], g);
            return [value, ...grads];
          });
          const {product} = forward;
          const out = oracle.conv2dInputGradient(product, x, w, outShape, geometry);
          expectSameBits('y', y.data, out.data);
          // The input gradient of a transposed convolution is a convolution: mul(dy, weight).
          const own = oracle.conv2d(inputGradient.product, dy, w, geometry);
          expectSameBits('dx', dx.data, own.data);
          // Its filter gradient convolves dy with the activation: mul(activation, dy).
          const swapped = true;
          const ownW = oracle.conv2dFilterGradient(
            weightGradient.product,
            dy,
            x,
            wShape,
            geometry,
            swapped,
          );
          expectSameBits('dw', dw.data, ownW.data);
        });
      }
    });

    describe('channels first', () => {
      const c = conv.CONV2D_GRADIENTS[1];
      const {xShape, wShape, geometry} = c;
      const {strides, pad} = geometry;
      const toFirst = (t: tf.Tensor) => tf.transpose(t, [0, 3, 1, 2]);
      const toLast = (t: tf.Tensor) => tf.transpose(t, [0, 2, 3, 1]);
      const yShape = oracle.conv2dShape(xShape, wShape, geometry);

      it('conv2d, NCHW', () =>
        check({
          what: 'NCHW',
          multiplier: 'random5',
          k: oracle.sizeOf(wShape.slice(0, 3)),
          operands: [randomTensor(xShape, 1), randomTensor(wShape, 2)],
          op: (x, w) =>
            toLast(
              tf.conv2d(
                toFirst(x) as tf.Tensor4D,
                w as tf.Tensor4D,
                [...strides],
                tfPad(pad),
                'NCHW',
              ),
            ),
          own: (p, x, w) => oracle.conv2d(p, x, w, geometry),
        }));

      it('conv2d input gradient, NCHW', () =>
        check({
          what: 'NCHW dx',
          multiplier: 'random5',
          k: wShape[0] * wShape[1] * wShape[3],
          operands: [randomTensor(yShape, 1), randomTensor(wShape, 2)],
          op: (dy, filter) =>
            toLast(
              tf.engine().runKernel(
                'Conv2DBackpropInput',
                {dy: toFirst(dy), filter},
                {
                  strides: [...strides],
                  pad: tfPad(pad),
                  dataFormat: 'NCHW',
                  inputShape: [xShape[0], xShape[3], xShape[1], xShape[2]],
                },
              ) as tf.Tensor,
            ),
          own: (p, dy, w) => oracle.conv2dInputGradient(p, dy, w, xShape, geometry),
        }));

      it('conv2d filter gradient, NCHW', () =>
        check({
          what: 'NCHW dw',
          multiplier: 'random5',
          k: oracle.sizeOf(yShape.slice(0, 3)),
          operands: [randomTensor(xShape, 1), randomTensor(yShape, 2)],
          op: (x, dy) =>
            tf.engine().runKernel(
              'Conv2DBackpropFilter',
              {x: toFirst(x), dy: toFirst(dy)},
              {
                strides: [...strides],
                pad: tfPad(pad),
                dataFormat: 'NCHW',
                filterShape: wShape,
              },
            ) as tf.Tensor,
          own: (p, x, dy) => oracle.conv2dFilterGradient(p, x, dy, wShape, geometry),
        }));
    });

    describe('special values', () => {
      const TINY = 2 ** -125;
      const smallest = 2 ** -126;

      /** Whether a factor or the product is subnormal, or a product is so near to it. */
      const mayFlush = (a: number, b: number): boolean => {
        const [x, y] = [Math.abs(a), Math.abs(b)];
        return x < smallest || y < smallest || x * y < 4 * smallest;
      };

      for (const multiplier of first(5, [
        'mbm7',
        'bf16',
        'fp16',
        'random6',
        'fp32',
        'tf32',
        'random5',
      ])) {
        it(`every pair of edge values, ${multiplier}`, async () => {
          const {setting, product} = testMultiplier(multiplier);
          setMultiplier(setting);
          // Only fp32 may read subnormal operands either way.
          const edges = EDGES.filter(
            x => multiplier !== 'fp32' || x === 0 || Math.abs(x) >= smallest,
          );
          const operand = new Float32Array(edges.length + NAN_BITS.length);
          operand.set(edges);
          new Uint32Array(operand.buffer).set(NAN_BITS, edges.length);
          const n = operand.length;
          const a: Nd = {shape: [n, 1], data: operand};
          const b: Nd = {shape: [1, n], data: operand};
          const [actual] = await evaluate([a, b], (x, w) => [tf.matMul(x, w)]);
          const expected = oracle.matMul(product, a, b);
          const tolerance = expected.data.map((_, i) => {
            const [x, y] = [operand[Math.floor(i / n)], operand[i % n]];
            if (mayFlush(x, y)) return TINY;
            return product.comparable === 'bits' ? 0 : Math.abs(x * y) * 2 ** -23;
          });
          expectWithin(multiplier, actual.data, expected.data, tolerance);
        });
      }

      const strewn = {exponents: [-20, 14], zeros: 0.1, share: 0.01} as const;
      const specials = [NaN, Infinity, -Infinity];
      const withSpecials = (shape: readonly number[], seed: number): Nd =>
        randomTensor(shape, seed, {...strewn, specials});

      for (const multiplier of first(3, [
        'mbm7',
        'bf16',
        'fp16',
        'mitchell7',
        'random5',
        'truncated5',
      ])) {
        it(`NaN and infinities in matMul, ${multiplier}`, () =>
          check({
            what: multiplier,
            multiplier,
            k: 40,
            operands: [withSpecials([19, 40], 1), withSpecials([40, 37], 2)],
            op: (a, b) => tf.matMul(a, b),
            own: (p, a, b) => oracle.matMul(p, a, b),
          }));
      }

      it('NaN and infinities through bias and relu', () =>
        check({
          what: 'relu',
          multiplier: 'mbm7',
          k: 40,
          operands: [withSpecials([19, 40], 3), withSpecials([40, 37], 4), withSpecials([37], 5)],
          op: (a, b, bias) => tf.fused.matMul({a, b, bias, activation: 'relu'}),
          own: (p, a, b, bias) => oracle.epilogue(oracle.matMul(p, a, b), bias, 'relu'),
        }));

      const xShape = [1, 7, 8, 2];
      const wShape = [3, 3, 2, 3];
      const geometry: Geometry = {strides: [2, 1], dilations: [1, 1], pad: 'same'};
      const yShape = oracle.conv2dShape(xShape, wShape, geometry);
      const tame = (shape: readonly number[], seed: number): Nd =>
        randomTensor(shape, seed, {exponents: [-3, 3], zeros: 0});
      const withInfinity = (shape: readonly number[], seed: number): Nd => {
        const nd = tame(shape, seed);
        nd.data[0] = Infinity;
        return nd;
      };

      for (const multiplier of first(2, ['mbm7', 'bf16', 'random5'])) {
        it(`padding times infinity is NaN: conv2d, ${multiplier}`, async () => {
          const operands = [tame(xShape, 1), withInfinity(wShape, 2)];
          const {product} = testMultiplier(multiplier);
          const own = oracle.conv2d(product, operands[0], operands[1], geometry);
          expect(own.data.some(Number.isNaN)).to.equal(true);
          await check({
            what: multiplier,
            multiplier,
            k: 18,
            operands,
            op: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 1], 'same'),
            own: (p, x, w) => oracle.conv2d(p, x, w, geometry),
          });
        });

        it(`padding times infinity is NaN: input gradient, ${multiplier}`, () =>
          check({
            what: multiplier,
            multiplier,
            k: 27,
            operands: [tame(yShape, 3), withInfinity(wShape, 4)],
            op: (dy, w) => stockKernels.inputGradient(dy, w, xShape, geometry),
            own: (p, dy, w) => oracle.conv2dInputGradient(p, dy, w, xShape, geometry),
          }));

        it(`padding times infinity is NaN: filter gradient, ${multiplier}`, () =>
          check({
            what: multiplier,
            multiplier,
            k: oracle.sizeOf(yShape),
            operands: [tame(xShape, 5), withInfinity(yShape, 6)],
            op: (x, dy) => stockKernels.filterGradient(x, dy, wShape, geometry),
            own: (p, x, dy) => oracle.conv2dFilterGradient(p, x, dy, wShape, geometry),
          }));
      }

      it('a stride forms no product of a weight with the zeros between', () =>
        check({
          what: 'stride 3',
          multiplier: 'mbm7',
          k: 9,
          operands: [tame([1, 3, 3, 1], 7), {shape: [1, 1, 1, 1], data: Float32Array.of(Infinity)}],
          op: (dy, w) =>
            stockKernels.inputGradient(dy, w, [1, 7, 7, 1], {
              strides: [3, 3],
              dilations: [1, 1],
              pad: 'valid',
            }),
          own: (p, dy, w) =>
            oracle.conv2dInputGradient(p, dy, w, [1, 7, 7, 1], {
              strides: [3, 3],
              dilations: [1, 1],
              pad: 'valid',
            }),
        }));

      // One sign only: inf - inf and a fused overflow would tell fused and unfused sums apart.
      for (const multiplier of first(2, ['mbm7', 'bf16', 'random5', 'mitchell7'])) {
        it(`overflow of products and of sums, ${multiplier}`, () => {
          const large = {exponents: [59, 65], zeros: 0.1, positive: true} as const;
          return check({
            what: multiplier,
            multiplier,
            k: 6,
            operands: [randomTensor([30, 6], 1, large), randomTensor([6, 31], 2, large)],
            op: (a, b) => tf.matMul(a, b),
            own: (p, a, b) => oracle.matMul(p, a, b),
          });
        });

        it(`underflow, ${multiplier}`, async () => {
          const {setting, product} = testMultiplier(multiplier);
          setMultiplier(setting);
          const small = {exponents: [-70, -56], zeros: 0.1} as const;
          const k = 50;
          const a = randomTensor([20, k], 1, small);
          const b = randomTensor([k, 33], 2, small);
          const [actual] = await evaluate([a, b], (x, w) => [tf.matMul(x, w)]);
          const expected = oracle.matMul(product, a, b);
          expectWithin(multiplier, actual.data, expected.data, k * TINY);
        });
      }

      it('fp32 keeps NaN and infinities', async () => {
        setMultiplier('fp32');
        const a = withSpecials([9, 30], 8);
        const b = withSpecials([30, 10], 9);
        const [actual] = await evaluate([a, b], (x, w) => [tf.matMul(x, w)]);
        const expected = oracle.matMul(oracleProduct('fp32'), a, b);
        const kinds = (values: Float32Array) =>
          values.map(v => (Number.isFinite(v) ? 0 : Number.isNaN(v) ? NaN : v));
        expectSameBits('fp32', kinds(actual.data), kinds(expected.data));
      });
    });
  });
}

for (const engine of enginesHere) describeOps(engine);
