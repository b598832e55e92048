// SPDX-License-Identifier: Apache-2.0
/**
 * The CPU engine. Operands are copied into WebAssembly's memory, with the zeros around them that are
 * read too, and rounded once; then threads take tiles of the output, gather what a tile needs and form
 * its products (wasm/). Here a contraction is turned into jobs for them.
 */
import {util} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {Multiplier} from '@tfjs-approx/arithmetic';
import type {Engine} from '../engine.js';
import {floatValues} from '../host.js';
import {copyBox, sizeOfBox, type Box} from './box.js';
import {highestExponent, lowestExponent, productFormOf, type ProductForm} from './forms.js';
import {
  ACTIVATIONS,
  JOB_FIELDS,
  MULTIPLY,
  NATIVE,
  REDUCE,
  TABLE,
  writeJob,
  type JobFields,
} from './job.js';

import {prepare, type Part} from './prepare.js';
import {roundOperands, type ExponentRange} from './rounding.js';
import {placeTable, type TableAddresses} from './tables.js';
import {tilesOf, type TileLimits} from './tiles.js';
import {compileAhead, JOB, wasmInstance, type WasmInstance} from './wasm-instance.js';

/** Fewer products are done before another thread has woken up. */
const WORTH_WAKING = 500_000;

const WITHOUT_TABLE: TileLimits = {
  mostRows: 128,
  mostLanes: 2048,
  mostSums: 2 ** 16,
  fewestLanes: 64,
};

/** The largest biased exponent of a finite float32. */
const HIGHEST = 254;

/** A tile interleaves 2^m columns of the table for every four rows and k. */
function tableLimits(mantissaBits: number): TileLimits {
  const mostLanes = Math.max(1024, 4 * 2 ** mantissaBits);
  return {mostRows: 128, mostLanes, mostSums: 2 ** 17, fewestLanes: mostLanes / 2};
}

/** @param threadCount asked before every contraction. */
export async function createCpuEngine(
  backend: MathBackendCPU,
  threadCount: () => number,
): Promise<Engine> {
  await compileAhead(threadCount() > 1);
  return {
    name: 'cpu',
    run(contractions, outputShape, operands, multiplier) {
      const wasm = wasmInstance(threadCount());
      const {firstBox, secondBox, parts} = prepare(contractions);
      const form = productFormOf(multiplier);
      const table = form.table && placeTable(wasm, multiplier, form.table);
      const size = util.sizeFromShape(outputShape as number[]);
      // Fresh memory costs most when it is first written to, which needs not be after the threads' work.
      let values: Float32Array | undefined;
      const makeValues = () => (values ??= new Float32Array(size).fill(0));
      wasm.scoped(() => {
        const output = wasm.allocate(4 * size);
        const place = {
          first: placeOperand(wasm, floatValues(backend, operands.first), firstBox, multiplier),
          second: placeOperand(wasm, floatValues(backend, operands.second), secondBox, multiplier),
          bias: operands.bias ? wasm.copyIn(floatValues(backend, operands.bias)) : 0,
          output,
          table,
        };
        for (const part of parts) {
          wasm.scoped(() => contract(wasm, part, form, place, makeValues));
        }
        // Copying out of shared memory is quicker so than with slice().
        values ??= new Float32Array(size);
        values.set(wasm.floats(output, size));
      });
      return backend.makeTensorInfo(outputShape as number[], 'float32', values);
    },
  };
}

/** Addresses of what all contractions of a call share. */
interface Place {
  readonly first: Operand;
  readonly second: Operand;
  readonly bias: number;
  readonly output: number;
  readonly table: TableAddresses | null;
}

interface Operand {
  readonly at: number;
  readonly exponents: ExponentRange;
}

function placeOperand(
  wasm: WasmInstance,
  values: Float32Array,
  box: Box,
  multiplier: Multiplier,
): Operand {
  const size = sizeOfBox(box);
  const at = wasm.allocate(4 * size);
  copyBox(values, box, wasm.floats(at, size));
  return {at, exponents: roundOperands(wasm, at, size, multiplier)};
}

/** @param meanwhile what this thread does while others begin. */
function contract(
  wasm: WasmInstance,
  part: Part,
  form: ProductForm,
  place: Place,
  meanwhile: () => void,
): void {
  const {layout, lanesAreFirst} = part;
  const {size, plan} = layout;
  const [rows, lanes] = lanesAreFirst ? [size.n, size.m] : [size.m, size.n];
  if (size.b * rows * lanes === 0) return;
  const limits = form.fields.form === TABLE ? tableLimits(form.fields.mantissaBits) : WITHOUT_TABLE;
  const threads = wasm.threadCount;
  const tiles = tilesOf(rows, lanes, size.b * plan.blocks, threads, limits);
  const job: JobFields = {
    phase: MULTIPLY,
    ...form.fields,
    unchecked: Number(isUnchecked(form, place)),
    ...operandFields(wasm, part, form, place),
    ...resultFields(wasm, part, place),
    partials: plan.blocks > 1 ? wasm.allocate(4 * plan.blocks * size.b * rows * lanes) : 0,
    batches: size.b,
    rows,
    lanes,
    k: size.k,
    blocks: plan.blocks,
    blockSize: plan.blockSize,
    ...tiles,
  };
  const workspace = wasm.exports.workspaceSize(
    job.form,
    tiles.rowTile,
    tiles.laneTile,
    job.mantissaBits,
  );
  const workspaces = Array.from({length: threads}, () => wasm.allocate(workspace));
  const run = (fields: JobFields, count: number, operations: number) => {
    writeJob(wasm.words(JOB, JOB_FIELDS.length), fields);
    const wake = threads > 1 && count > 1 && operations > WORTH_WAKING;
    wasm.threads.run(count, workspaces, wake, meanwhile);
  };
  const outputs = size.b * rows * lanes;
  const perBlock = size.b * tiles.rowTiles * tiles.laneTiles;
  run(job, perBlock * plan.blocks, outputs * size.k);
  // Additions are quicker than products.
  if (plan.blocks > 1) run({...job, phase: REDUCE}, perBlock, (outputs * plan.blocks) / 4);
}

/** Whether no product of two of the operands' values needs another loop than the form's. */
function isUnchecked(form: ProductForm, {first, second}: Place): boolean {
  const {fields, firstSignificands, secondSignificands} = form;
  if (fields.form !== NATIVE || firstSignificands || secondSignificands) return false;
  const [a, b] = [first.exponents, second.exponents];
  if (fields.exact) return true;
  return (
    Math.max(a.high, b.high) <= HIGHEST &&
    a.low + b.low >= fields.lowestSum &&
    a.high + b.high <= fields.highestSum
  );
}

function operandFields(
  wasm: WasmInstance,
  {lanesAreFirst, first, second}: Part,
  {fields, firstSignificands, secondSignificands}: ProductForm,
  place: Place,
) {
  const prepared = (significands: Float32Array | undefined) => ({
    at: significands ? wasm.copyIn(significands) : 0,
    // A prepared operand must be a normal float32 too.
    lowest: 1 - Math.min(0, lowestExponent(significands)),
    highest: HIGHEST - highestExponent(significands),
  });
  const one = {source: place.first.at, addresses: first, prepared: prepared(firstSignificands)};
  const other = {
    source: place.second.at,
    addresses: second,
    prepared: prepared(secondSignificands),
  };
  const [row, lane] = lanesAreFirst ? [other, one] : [one, other];
  return {
    table: place.table ? place.table[lanesAreFirst ? 'bySecond' : 'byFirst'] : 0,
    rowSource: row.source,
    rowSignificands: row.prepared.at,
    lowestRow: row.prepared.lowest,
    // Table rows are scaled before they are used: 2^127 * L may be too large.
    highestRow: fields.form === TABLE ? 253 : row.prepared.highest,
    rowB: wasm.copyIn(row.addresses.b),
    rowX: wasm.copyIn(row.addresses[lanesAreFirst ? 'n' : 'm']),
    rowK: wasm.copyIn(row.addresses.k),
    laneSource: lane.source,
    laneSignificands: lane.prepared.at,
    lowestLane: lane.prepared.lowest,
    highestLane: lane.prepared.highest,
    laneB: wasm.copyIn(lane.addresses.b),
    laneX: wasm.copyIn(lane.addresses[lanesAreFirst ? 'm' : 'n']),
    laneK: wasm.copyIn(lane.addresses.k),
  };
}

function resultFields(
  wasm: WasmInstance,
  {lanesAreFirst, output, bias, activation}: Part,
  place: Place,
) {
  const [row, lane] = lanesAreFirst ? (['n', 'm'] as const) : (['m', 'n'] as const);
  return {
    output: place.output,
    outB: wasm.copyIn(output.b),
    outRow: wasm.copyIn(output[row]),
    outLane: wasm.copyIn(output[lane]),
    bias: bias ? place.bias : 0,
    biasB: bias ? wasm.copyIn(bias.b) : 0,
    biasRow: bias ? wasm.copyIn(bias[row]) : 0,
    biasLane: bias ? wasm.copyIn(bias[lane]) : 0,
    activation: ACTIVATIONS[activation],
  };
}
