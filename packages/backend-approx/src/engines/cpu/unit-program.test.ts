// SPDX-License-Identifier: Apache-2.0
/**
 * Every evaluation form gives the reference engine's bits: all loops, at the edges of their tiles, with
 * one thread and with two.
 */
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {
  bitsToFloat,
  type ClosedForm,
  closedFormProduct,
  E4M3,
  E5M2,
  type FloatFormat,
  floatToBits,
  fullRangeFormat,
  getMultiplier,
  listMultipliers,
  type Multiplier,
  MultiplierError,
  unitOf,
  withEvaluation,
} from '@tfjs-approx/arithmetic';
import {expect} from 'chai';
import {at, type Contraction} from '../../contraction/contraction.js';
import {expectSameBits} from '../../testing/compare.js';
import {random32, randomFloats, WIDE, type FloatOptions} from '../../testing/random.js';
import type {Engine} from '../engine.js';
import {createReferenceEngine} from '../reference/engine.js';
import {createCpuEngine} from './engine.js';

const backend = new MathBackendCPU();
const reference = createReferenceEngine(backend);

type Size = readonly [m: number, k: number, n: number];

/** A matrix product; the first operand transposed on request, so that k is not the dense dimension. */
function matMul([m, k, n]: Size, transposed = false): Contraction {
  const index = [at(0, 'row', 1), at(0, 'inner', 1)];
  return {
    op: 'matMul',
    b: [],
    m: [{name: 'row', size: m}],
    n: [{name: 'column', size: n}],
    k: [{name: 'inner', size: k}],
    first: transposed ? {shape: [k, m], index: index.reverse()} : {shape: [m, k], index},
    second: {shape: [k, n], index: [at(0, 'inner', 1), at(0, 'column', 1)]},
    output: {shape: [m, n], index: [at(0, 'row', 1), at(0, 'column', 1)]},
    epilogue: {activation: 'linear'},
  };
}

function tensor(shape: number[], values: Float32Array): TensorInfo {
  return backend.makeTensorInfo(shape, 'float32', values);
}

function expectReferenceBits(
  engine: Engine,
  multiplier: Multiplier,
  size: Size,
  values: (length: number, seed: number) => Float32Array,
  transposed = false,
): void {
  const [m, k, n] = size;
  const contraction = matMul(size, transposed);
  const first = tensor([...contraction.first.shape], values(m * k, 1));
  const second = tensor([k, n], values(k * n, 2));
  const [found, expected] = [engine, reference].map(
    e =>
      backend.readSync(
        e.run([contraction], [m, n], {first, second}, unitOf(multiplier)).dataId,
      ) as Float32Array,
  );
  expectSameBits(`${multiplier.name}, ${size.join(' x ')}`, found, expected);
}

/** All operands have one exponent, so that every product has the given scale. */
function expectWithExponents(engine: Engine, multiplier: Multiplier, sum: number): void {
  const first = Math.floor(sum / 2);
  expectReferenceBits(engine, multiplier, [3, 3, 37], (length, seed) => {
    const exponent = seed === 1 ? first : sum - first;
    return randomFloats(length, seed, {exponents: [exponent, exponent], zeros: 0.1});
  });
}

/** A multiplier of a closed form alone: its table says what the form says. */
function fromForm(
  name: string,
  closedForm: ClosedForm,
  format: FloatFormat,
  rounding: 'truncate' | 'nearestEven' = 'truncate',
): Multiplier {
  const m = format.fractionBits;
  const n = 2 ** m;
  // Float32 products on the finest grid a table has.
  const entries = Uint32Array.from({length: n * n}, (_, e) => {
    const product = closedFormProduct(closedForm, m, Math.floor(e / n), e % n);
    expect(product, name).to.be.within(0, 4);
    expect(product * 2 ** 22, name).to.equal(Math.floor(product * 2 ** 22));
    return product * 2 ** 22;
  });
  const lut = {
    name,
    mantissaBits: m,
    encoding: 'fixed' as const,
    resultBits: 22,
    format,
    rounding,
    provenance: 'test',
    entries,
  };
  return {
    name,
    description: '',
    format,
    rounding,
    evaluation: closedForm.kind,
    closedForm,
    exact: false,
    lut: () => lut,
  };
}

/** Random significands on a coarse grid, so that their products lie on the table's. */
function significands(m: number, seed: number, low: number, high: number): Float32Array {
  const next = random32(seed);
  const steps = 256 * (high - low);
  return Float32Array.from({length: 2 ** m}, () => low + (next() % steps) / 256);
}

const FORMS: Multiplier[] = [
  fromForm(
    'significands of the first',
    {kind: 'native', firstSignificands: significands(5, 1, 1, 2)},
    fullRangeFormat(5),
  ),
  fromForm(
    'significands of the second, cut',
    {kind: 'native', secondSignificands: significands(6, 2, 1, 2), productBits: 4},
    fullRangeFormat(6),
  ),
  fromForm(
    'significands below 1 and of 2 and more',
    {
      kind: 'native',
      firstSignificands: significands(4, 3, 0.25, 1),
      secondSignificands: significands(4, 4, 1, 3.5),
    },
    fullRangeFormat(4),
  ),
  fromForm(
    'significands of zero',
    {
      kind: 'native',
      firstSignificands: significands(3, 5, 0, 1.5).map((s, i) => (i % 3 === 0 ? 0 : s)),
    },
    fullRangeFormat(3),
  ),
  fromForm('logarithms', {kind: 'logAdd', logOffset: 0x0c0000}, fullRangeFormat(3)),
  fromForm('logarithms below 1', {kind: 'logAdd', logOffset: -0x180000}, fullRangeFormat(6)),
  fromForm(
    'logarithms with everything',
    {kind: 'logAdd', setLowestBit: true, logOffset: -0x40000, offset: 0.125, productBits: 5},
    fullRangeFormat(7),
  ),
  fromForm(
    'logarithms whose offset is often left out',
    {kind: 'logAdd', offset: 0.75},
    fullRangeFormat(4),
  ),
  fromForm('native e4m3', {kind: 'native'}, E4M3, 'nearestEven'),
  fromForm('native e5m2', {kind: 'native'}, E5M2, 'nearestEven'),
];

const SHIPPED = listMultipliers()
  .filter(({mantissaBits}) => mantissaBits <= 8 || [10, 23].includes(mantissaBits))
  .map(({name}) => getMultiplier(name));

const ALL = [...SHIPPED, ...FORMS];

/** The form, and the table that proves it. */
function twins(multiplier: Multiplier): Multiplier[] {
  return multiplier.exact ? [multiplier] : [multiplier, withEvaluation(multiplier, 'lut')];
}

const wide = (length: number, seed: number) => randomFloats(length, seed, WIDE);
const dense = (length: number, seed: number) =>
  randomFloats(length, seed, {exponents: [-6, 5], zeros: 0});
/** Significands near 2, with which the offset of a logarithm is left out. */
const nearTwo = (length: number, seed: number) =>
  randomFloats(length, seed, {exponents: [-3, 3], zeros: 0.1}).map(
    x => x && bitsToFloat(floatToBits(x) | 0x600000),
  );
const half = (length: number, seed: number) => randomFloats(length, seed, {zeros: 0.5});

/** Products around the ends of float32's range, some of them inside. */
const edges: FloatOptions = {
  exponents: [-126, 127],
  zeros: 0.05,
  specials: [
    Infinity,
    -Infinity,
    NaN,
    2 ** -126,
    2 ** -127,
    2 ** 127,
    3.4e38,
    -(2 ** -64),
    2 ** -63,
  ],
  share: 0.05,
};

/** 4 lanes a vector, 32 a panel, 4 rows a group; 16 and 128 k a run. */
const EDGES_OF_TILES: Size[] = [
  [1, 1, 1],
  [2, 3, 4],
  [3, 15, 5],
  [4, 16, 31],
  [5, 17, 32],
  [6, 127, 33],
  [7, 128, 37],
  [31, 5, 8],
  [33, 129, 2],
  [66, 20, 9],
  [9, 4, 150],
  [130, 6, 3],
  [3, 0, 4],
];

for (const threads of [1, 2]) {
  describe(`evaluation forms on the cpu engine, threads: ${threads}`, () => {
    let engine: Engine;
    before(async () => {
      engine = await createCpuEngine(backend, () => threads);
    });

    for (const multiplier of ALL.flatMap(twins)) {
      it(`${multiplier.name}: the reference's bits`, () => {
        for (const values of [wide, dense, nearTwo, half]) {
          expectReferenceBits(engine, multiplier, [5, 40, 34], values);
          expectReferenceBits(engine, multiplier, [140, 9, 6], values, true);
        }
      });

      it(`${multiplier.name}: over- and underflow, infinities and NaN`, () => {
        for (let seed = 1; seed <= 6; seed++) {
          const values = (length: number, operand: number) =>
            randomFloats(length, 10 * seed + operand, edges);
          expectReferenceBits(engine, multiplier, [6, 5, 37], values);
          expectReferenceBits(engine, multiplier, [150, 3, 5], values);
        }
      });

      it(`${multiplier.name}: tiny and huge operands without any special one`, () => {
        // Sums of exponents step by step across both ends of what the fast loops allow.
        for (let sum = -134; sum <= -118; sum++) expectWithExponents(engine, multiplier, sum);
        for (let sum = 118; sum <= 130; sum++) expectWithExponents(engine, multiplier, sum);
      });
    }

    for (const name of ['fp32', 'bf16', 'truncated7', 'mitchell7', 'mbm7', 'mbm5', 'mbm7:lut']) {
      it(`${name}: at the edges of tiles`, () => {
        for (const size of EDGES_OF_TILES) {
          for (const values of [dense, half]) {
            expectReferenceBits(engine, getMultiplier(name), size, values);
            expectReferenceBits(engine, getMultiplier(name), size, values, true);
          }
        }
      });

      it(`${name}: many tiles`, () => {
        expectReferenceBits(engine, getMultiplier(name), [131, 8, 700], dense);
        expectReferenceBits(engine, getMultiplier(name), [2100, 7, 5], half);
      });

      it(`${name}: operands of several chunks of rounding, with one value unlike the others`, () => {
        for (const odd of [2 ** -100, 2 ** 100, Infinity, NaN]) {
          for (const at of [0, 40_001, 300 * 260 - 1]) {
            const values = (length: number, seed: number) => {
              const all = dense(length, seed);
              if (length > at) all[at] = odd;
              return all;
            };
            expectReferenceBits(engine, getMultiplier(name), [260, 300, 3], values);
          }
        }
      });

      it(`${name}: k cut into blocks`, () => {
        expectReferenceBits(engine, getMultiplier(name), [6, 1500, 5], half);
        expectReferenceBits(engine, getMultiplier(name), [3, 5003, 7], dense, true);
      });
    }
  });
}

describe('a multiplier given to an engine', () => {
  const mbm4 = getMultiplier('mbm4');
  for (const [what, multiplier, message] of [
    ['it claims to be exact', {...getMultiplier('bf16'), exact: true}, 'found exact = true'],
    [
      'its closed form differs from its table',
      {...mbm4, closedForm: {kind: 'logAdd'}},
      'expected the logAdd product',
    ],
    [
      'its closed form is out of range',
      {...mbm4, closedForm: {...mbm4.closedForm, productBits: 31}},
      'found productBits = 31',
    ],
    ['its table is that of another format', {...mbm4, format: E5M2}, 'of 4 mantissa bits'],
  ] as [string, Multiplier, string][]) {
    it(`is refused where ${what}`, async () => {
      const size: Size = [2, 3, 4];
      for (const engine of [reference, await createCpuEngine(backend, () => 1)]) {
        const run = () => {
          const operands = {
            first: tensor([2, 3], dense(6, 1)),
            second: tensor([3, 4], dense(12, 2)),
          };
          engine.run([matMul(size)], [2, 4], operands, unitOf(multiplier));
        };
        expect(run, engine.name).to.throw(MultiplierError, message);
        expect(run, engine.name).to.throw(MultiplierError, message);
      }
    });
  }
});
