// SPDX-License-Identifier: Apache-2.0
/**
 * The CPU engine: operands are gathered and decoded once per block, then blocked loops run over
 * dense panels. The longer of m and n becomes the inner dimension (lanes), so that thin layers
 * run long loops too; when lanes are the first operand, the transposed table is used.
 */
import {util} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {significandProducts, type Multiplier} from '@tfjs-approx/lut-builder';
import type {Contraction} from '../../contraction/contraction.js';
import {layoutOf, type ContractionLayout} from '../../contraction/layout.js';
import type {Engine} from '../engine.js';
import {isPlainNative} from '../evaluation.js';
import {applyActivation, floatValues} from '../host.js';
import {createPanel, decoderFor, productsStayNormal, type Decoder, type Panel} from './decode.js';
import {addressesOf, gather, gathererOf, type Addresses, type Gatherer} from './gather.js';
import {
  addExactNativeProducts,
  addRoundedNativeProducts,
  addTableProducts,
  addTableProductsCarefully,
  type RowTimesLanes,
} from './inner-loops.js';
import {maxPoolGrad} from './max-pool-grad.js';

/** Lanes per block: a panel of LANES x DEPTH decoded operands stays in the L2 cache. */
const LANES = 256;
/** k per panel. */
const DEPTH = 128;
/** Rows of sums that are held at once. */
const ROWS = 256;

export function createCpuEngine(backend: MathBackendCPU): Engine {
  return {
    name: 'cpu',
    replacements: {MaxPoolGrad: () => maxPoolGrad},
    run(contractions, outputShape, operands, multiplier) {
      const first = floatValues(backend, operands.first);
      const second = floatValues(backend, operands.second);
      const bias = operands.bias ? floatValues(backend, operands.bias) : null;
      const output = new Float32Array(util.sizeFromShape(outputShape as number[]));
      for (const contraction of contractions) {
        contract(contraction, multiplier, first, second, bias, output);
      }
      return backend.makeTensorInfo(outputShape as number[], 'float32', output);
    },
  };
}

/** Address tables of a contraction; contractions are cached by their kernels, so these are too. */
interface Prepared {
  readonly layout: ContractionLayout;
  readonly lanesAreFirst: boolean;
  readonly rows: Gatherer;
  readonly lanes: Gatherer;
  readonly output: Addresses;
  readonly bias: Addresses | null;
}

const prepared = new WeakMap<Contraction, Prepared>();

function prepare(contraction: Contraction): Prepared {
  let result = prepared.get(contraction);
  if (!result) {
    const layout = layoutOf(contraction);
    const lanesAreFirst = layout.size.m > layout.size.n;
    const first = gathererOf(layout, layout.first, 'm');
    const second = gathererOf(layout, layout.second, 'n');
    result = {
      layout,
      lanesAreFirst,
      rows: lanesAreFirst ? second : first,
      lanes: lanesAreFirst ? first : second,
      output: addressesOf(layout, layout.output),
      bias: layout.bias ? addressesOf(layout, layout.bias) : null,
    };
    prepared.set(contraction, result);
  }
  return result;
}

/** How the products of a multiplier are formed when nothing can over- or underflow, and else. */
interface Products {
  readonly decode: Decoder;
  readonly add: (work: RowTimesLanes) => void;
  readonly careful: Products | null;
  readonly table: Float32Array;
  readonly transposedTable: Float32Array;
}

const products = new WeakMap<Multiplier, Products>();
const NO_TABLE = new Float32Array(0);

function productsOf(multiplier: Multiplier): Products {
  let result = products.get(multiplier);
  if (!result) {
    result = createProducts(multiplier);
    products.set(multiplier, result);
  }
  return result;
}

function createProducts(multiplier: Multiplier): Products {
  if (multiplier.exact) {
    const decode = decoderFor(multiplier, false);
    const add = addRoundedNativeProducts;
    return {decode, add, careful: null, table: NO_TABLE, transposedTable: NO_TABLE};
  }
  const table = significandProducts(multiplier.lut());
  const transposedTable = transpose(table);
  const decode = decoderFor(multiplier, true);
  const carefully = {decode, add: addTableProductsCarefully, careful: null, table, transposedTable};
  return isPlainNative(multiplier)
    ? {
        ...carefully,
        decode: decoderFor(multiplier, false),
        add: addExactNativeProducts,
        careful: carefully,
      }
    : {...carefully, add: addTableProducts, careful: carefully};
}

function transpose(table: Float32Array): Float32Array {
  const size = Math.sqrt(table.length);
  const result = new Float32Array(table.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) result[j * size + i] = table[i * size + j];
  }
  return result;
}

function contract(
  contraction: Contraction,
  multiplier: Multiplier,
  first: Float32Array,
  second: Float32Array,
  bias: Float32Array | null,
  output: Float32Array,
): void {
  const ready = prepare(contraction);
  const {layout, lanesAreFirst} = ready;
  const {size, plan} = layout;
  const rowTotal = lanesAreFirst ? size.n : size.m;
  const laneTotal = lanesAreFirst ? size.m : size.n;
  const rowSource = bitsOf(lanesAreFirst ? second : first);
  const laneSource = bitsOf(lanesAreFirst ? first : second);
  const work = workspace(Math.min(LANES, laneTotal), Math.min(ROWS, rowTotal));

  for (let b = 0; b < size.b; b++) {
    for (let lane0 = 0; lane0 < laneTotal; lane0 += LANES) {
      const laneCount = Math.min(LANES, laneTotal - lane0);
      for (let row0 = 0; row0 < rowTotal; row0 += ROWS) {
        const rowCount = Math.min(ROWS, rowTotal - row0);
        const tile = {b, lane0, laneCount, row0, rowCount};
        work.totals.fill(0, 0, rowCount * laneCount);
        for (let block = 0; block < plan.blocks; block++) {
          const start = block * plan.blockSize;
          const end = Math.min(size.k, start + plan.blockSize);
          const sums = plan.blocks === 1 ? work.totals : work.sums.fill(0, 0, rowCount * laneCount);
          for (let k0 = start; k0 < end; k0 += DEPTH) {
            const k = {k0, kCount: Math.min(DEPTH, end - k0)};
            addProducts(ready, multiplier, rowSource, laneSource, tile, k, sums, work);
          }
          if (plan.blocks > 1) addSums(work.totals, sums, rowCount * laneCount);
        }
        store(ready, contraction, tile, work.totals, bias, output);
      }
    }
  }
}

interface Tile {
  readonly b: number;
  readonly lane0: number;
  readonly laneCount: number;
  readonly row0: number;
  readonly rowCount: number;
}

interface Workspace {
  readonly raw: Uint32Array;
  readonly rows: Panel;
  readonly lanes: Panel;
  readonly sums: Float32Array;
  readonly totals: Float32Array;
}

function workspace(lanes: number, rows: number): Workspace {
  return {
    raw: new Uint32Array(Math.max(lanes, rows) * DEPTH),
    rows: createPanel(rows * DEPTH),
    lanes: createPanel(lanes * DEPTH),
    sums: new Float32Array(rows * lanes),
    totals: new Float32Array(rows * lanes),
  };
}

/** Adds the products of one tile and one run of k to `sums`, [rowCount, laneCount]. */
function addProducts(
  ready: Prepared,
  multiplier: Multiplier,
  rowSource: Uint32Array,
  laneSource: Uint32Array,
  {b, lane0, laneCount, row0, rowCount}: Tile,
  {k0, kCount}: {k0: number; kCount: number},
  sums: Float32Array,
  work: Workspace,
): void {
  const {raw, rows, lanes} = work;
  const load = (decode: Decoder) => {
    const laneBlock = {b, x0: lane0, xCount: laneCount, k0, kCount};
    gather(ready.lanes, laneSource, laneBlock, true, raw);
    decode(raw, laneCount * kCount, lanes);
    const rowBlock = {b, x0: row0, xCount: rowCount, k0, kCount};
    gather(ready.rows, rowSource, rowBlock, false, raw);
    decode(raw, rowCount * kCount, rows);
  };
  let form = productsOf(multiplier);
  load(form.decode);
  if (form.careful && !productsStayNormal(rows, lanes)) {
    if (form.careful.decode !== form.decode) load(form.careful.decode);
    form = form.careful;
  }
  const rowTimesLanes: RowTimesLanes = {
    sums,
    sumsStart: 0,
    rowValue: rows.value,
    rowIndex: rows.index,
    rowStart: 0,
    laneValue: lanes.value,
    laneIndex: lanes.index,
    lanes: laneCount,
    k: kCount,
    table: ready.lanesAreFirst ? form.transposedTable : form.table,
    mantissaBits: multiplier.format.fractionBits,
  };
  for (let row = 0; row < rowCount; row++) {
    rowTimesLanes.sumsStart = row * laneCount;
    rowTimesLanes.rowStart = row * kCount;
    form.add(rowTimesLanes);
  }
}

function addSums(totals: Float32Array, sums: Float32Array, count: number): void {
  for (let e = 0; e < count; e++) totals[e] += sums[e];
}

function store(
  {output: to, bias: from, lanesAreFirst}: Prepared,
  {epilogue}: Contraction,
  {b, lane0, laneCount, row0, rowCount}: Tile,
  totals: Float32Array,
  bias: Float32Array | null,
  output: Float32Array,
): void {
  const {activation} = epilogue;
  for (let row = 0; row < rowCount; row++) {
    for (let lane = 0; lane < laneCount; lane++) {
      const m = lanesAreFirst ? lane0 + lane : row0 + row;
      const n = lanesAreFirst ? row0 + row : lane0 + lane;
      let total = totals[row * laneCount + lane];
      if (from) total = Math.fround(total + bias![from.offset + from.b[b] + from.m[m] + from.n[n]]);
      output[to.offset + to.b[b] + to.m[m] + to.n[n]] = applyActivation(total, activation);
    }
  }
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
