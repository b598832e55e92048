// SPDX-License-Identifier: Apache-2.0
/** Every closed form on the GPU against the table, through the reference engine. */
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import {
  type ClosedForm,
  closedFormProduct,
  getMultiplier,
  listMultipliers,
  lutFromSignificandProduct,
  type Multiplier,
  unitOf,
  withEvaluation,
} from '@tfjs-approx/arithmetic';
import {setEngine} from '../../index.js';
import {batchMatMul} from '../../kernels/BatchMatMul.js';
import {expectAdapter} from '../../testing/expect-adapter.js';
import {expectSameBits} from '../../testing/compare.js';
import {random32, randomFloats, WIDE} from '../../testing/random.js';
import {createReferenceEngine} from '../reference/engine.js';
import type {ApproxWebGPUBackend} from './backend.js';
import {createWebGPUEngine} from './engine.js';

const ROWS = 24;
const DEPTH = 19;
const COLUMNS = 21;
const SPECIALS = [NaN, Infinity, -Infinity, 0, -0, 1e-40];

/** A multiplier that is what its closed form says, with the table as a second opinion. */
function multiplierOf(name: string, m: number, closedForm: ClosedForm): Multiplier {
  const lut = lutFromSignificandProduct((i, j) => closedFormProduct(closedForm, m, i, j), {
    name,
    mantissaBits: m,
  });
  const {format, rounding} = lut;
  const evaluation = closedForm.kind;
  return {
    name,
    description: '',
    format,
    rounding,
    evaluation,
    closedForm,
    exact: false,
    lut: () => lut,
  };
}

/** Values in [low, high) on a coarse grid, so that products are multiples of 2^-22. */
function significands(m: number, seed: number, low = 1, high = 2): Float32Array {
  const next = random32(seed);
  const steps = (high - low) * 256;
  return Float32Array.from({length: 2 ** m}, () => low + (next() % steps) / 256);
}

const RANDOM: readonly Multiplier[] = [
  multiplierOf('prepared first', 5, {kind: 'native', firstSignificands: significands(5, 1)}),
  multiplierOf('prepared second', 6, {kind: 'native', secondSignificands: significands(6, 2)}),
  multiplierOf('prepared both', 4, {
    kind: 'native',
    firstSignificands: significands(4, 3),
    secondSignificands: significands(4, 4),
    productBits: 5,
  }),
  multiplierOf('prepared below 1', 5, {kind: 'native', firstSignificands: significands(5, 5, 0)}),
  multiplierOf('prepared from 2 on', 5, {
    kind: 'native',
    secondSignificands: significands(5, 6, 1, 4).map(s => (s > 2 ? 2 : s)),
  }),
  multiplierOf('cut to no fraction', 4, {kind: 'native', productBits: 0}),
  multiplierOf('log offset', 6, {kind: 'logAdd', logOffset: 123 * 2 ** 10}),
  multiplierOf('negative log offset', 6, {kind: 'logAdd', logOffset: -77 * 2 ** 10}),
  multiplierOf('offset', 7, {kind: 'logAdd', offset: 0.375, setLowestBit: true}),
  multiplierOf('everything', 5, {
    kind: 'logAdd',
    setLowestBit: true,
    logOffset: 2 ** 16,
    offset: 0.15625,
    productBits: 4,
  }),
  multiplierOf('cut logarithm', 7, {kind: 'logAdd', productBits: 0}),
];

describe('product forms', function () {
  this.timeout(600_000);
  let backend: ApproxWebGPUBackend;
  before(async () => {
    await setEngine('webgpu');
    expectAdapter();
    backend = tf.backend() as ApproxWebGPUBackend;
  });

  const cpu = new MathBackendCPU();
  const reference = createReferenceEngine(cpu);
  const {contractions, outputShape} = batchMatMul.lower(
    {a: [ROWS, DEPTH], b: [DEPTH, COLUMNS]},
    {},
  );

  type Exponents = readonly [number, number];

  async function expectReference(
    multiplier: Multiplier,
    specials: boolean,
    [first, second]: readonly [Exponents, Exponents] = exponentsOf(multiplier),
  ): Promise<void> {
    const options = {zeros: 0.1, ...(specials ? {specials: SPECIALS, share: 0.03} : {})};
    const a = randomFloats(ROWS * DEPTH, 11, {...options, exponents: first});
    const b = randomFloats(DEPTH * COLUMNS, 12, {...options, exponents: second});
    const on = (base: ApproxWebGPUBackend | MathBackendCPU) => ({
      first: base.makeTensorInfo([ROWS, DEPTH], 'float32', a),
      second: base.makeTensorInfo([DEPTH, COLUMNS], 'float32', b),
    });
    const table = unitOf(withEvaluation(multiplier, 'lut'));
    const unit = unitOf(multiplier);
    const expected = reference.run(contractions, outputShape, on(cpu), table);
    const operands = on(backend);
    const output = createWebGPUEngine(backend).run(contractions, outputShape, operands, unit);
    const found = (await backend.read(output.dataId)) as Float32Array;
    const what = `${multiplier.name} (${multiplier.evaluation})${specials ? ', special values' : ''}`;
    expectSameBits(what, found, cpu.readSync(expected.dataId) as Float32Array);
    for (const {dataId} of [output, ...Object.values(operands)]) backend.disposeData(dataId);
  }

  /** Within the range of every format, fp16 included. */
  function exponentsOf({name}: Multiplier): readonly [Exponents, Exponents] {
    const exponents: Exponents = name.startsWith('fp16') ? [-20, 14] : WIDE.exponents!;
    return [exponents, exponents];
  }

  for (const {name, exact, evaluation} of listMultipliers()) {
    if (exact || evaluation === 'lut') continue;
    it(`${name}: ${evaluation} and table`, async () => {
      await expectReference(getMultiplier(name), false);
      await expectReference(getMultiplier(name), true);
      await expectReference(getMultiplier(`${name}:lut`), false);
    });
  }

  for (const multiplier of RANDOM) {
    it(`${multiplier.evaluation}: ${multiplier.name}`, async () => {
      await expectReference(multiplier, false);
      await expectReference(multiplier, true);
      await expectReference(withEvaluation(multiplier, 'lut'), false);
      // The largest operands with the smallest: their products are ordinary, prepared operands need not be.
      const [large, small] = [
        [120, 127],
        [-126, -119],
      ] as const;
      await expectReference(multiplier, false, [large, small]);
      await expectReference(multiplier, false, [small, large]);
    });
  }
});
