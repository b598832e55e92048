// SPDX-License-Identifier: Apache-2.0
/**
 * The CPU engine. Operands are copied into WebAssembly's memory, with the zeros around them that are
 * read too, and rounded once; then threads take tiles of the output, gather what a tile needs and form
 * its products (wasm/). Here a contraction is turned into jobs for them.
 */
import {util} from '@tensorflow/tfjs-core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {Engine} from '../engine.js';
import {floatValues} from '../host.js';
import {expectNoFactor} from '../no-factor.js';
import {copyBox, sizeOfBox, type Box} from './box.js';
import {ACTIVATIONS, JOB_FIELDS, writeJob, type JobFields} from './job.js';
import {prepare, type Part} from './prepare.js';
import {roundOperands, type ExponentRange} from './rounding.js';
import {placeTable, type TableAddresses} from './tables.js';
import {tilesOf} from './output-tiles.js';
import {programOf, type OperandProgram, type UnitProgram} from './unit-program.js';
import {compileAhead, JOB, wasmInstance, type WasmInstance} from './wasm-instance.js';

/** Fewer products are done before another thread has woken up. */
const WORTH_WAKING = 500_000;

/** @param threadCount asked before every contraction. */
export async function createCpuEngine(
  backend: MathBackendCPU,
  threadCount: () => number,
): Promise<Engine> {
  await compileAhead(threadCount() > 1);
  return {
    name: 'cpu',
    run(contractions, outputShape, operands, unit) {
      expectNoFactor('cpu', contractions);
      const wasm = wasmInstance(threadCount());
      const program = programOf(unit);
      const {firstBox, secondBox, parts} = prepare(contractions, program.accumulator);
      const table = program.table && placeTable(wasm, program.product, program.table);
      const size = util.sizeFromShape(outputShape as number[]);
      // Fresh memory costs most when it is first written to, which needs not be after the threads' work.
      let values: Float32Array | undefined;
      const makeValues = () => (values ??= new Float32Array(size).fill(0));
      wasm.scoped(() => {
        const output = wasm.allocate(4 * size);
        const place = {
          first: placeOperand(wasm, floatValues(backend, operands.first), firstBox, program.first),
          second: placeOperand(
            wasm,
            floatValues(backend, operands.second),
            secondBox,
            program.second,
          ),
          bias: operands.bias ? wasm.copyIn(floatValues(backend, operands.bias)) : 0,
          output,
          table,
        };
        for (const part of parts) {
          wasm.scoped(() => contract(wasm, part, program, place, makeValues));
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
  {encoding}: OperandProgram,
): Operand {
  const size = sizeOfBox(box);
  const at = wasm.allocate(4 * size);
  copyBox(values, box, wasm.floats(at, size));
  return {at, exponents: roundOperands(wasm, at, size, encoding)};
}

/** @param meanwhile what this thread does while others begin. */
function contract(
  wasm: WasmInstance,
  part: Part,
  program: UnitProgram,
  place: Place,
  meanwhile: () => void,
): void {
  const {layout, lanesAreFirst} = part;
  const {size, plan} = layout;
  const [rows, lanes] = lanesAreFirst ? [size.n, size.m] : [size.m, size.n];
  if (size.b * rows * lanes === 0) return;
  const {fields, phases, tileLimits} = program;
  const threads = wasm.threadCount;
  const tiles = tilesOf(rows, lanes, size.b * plan.blocks, threads, tileLimits);
  const job: JobFields = {
    phase: phases.multiply,
    ...fields,
    unchecked: Number(program.isUnchecked(place.first.exponents, place.second.exponents)),
    ...operandFields(wasm, part, program, place),
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
  const run = (toRun: JobFields, count: number, operations: number) => {
    writeJob(wasm.words(JOB, JOB_FIELDS.length), toRun);
    const wake = threads > 1 && count > 1 && operations > WORTH_WAKING;
    wasm.threads.run(count, workspaces, wake, meanwhile);
  };
  const outputs = size.b * rows * lanes;
  const perBlock = size.b * tiles.rowTiles * tiles.laneTiles;
  run(job, perBlock * plan.blocks, outputs * size.k);
  // Additions are quicker than products.
  if (plan.blocks > 1) run({...job, phase: phases.reduce}, perBlock, (outputs * plan.blocks) / 4);
}

function operandFields(
  wasm: WasmInstance,
  {lanesAreFirst, first, second}: Part,
  program: UnitProgram,
  place: Place,
) {
  const placed = (source: number, addresses: Part['first'], operand: OperandProgram) => ({
    ...operand,
    source,
    addresses,
    significandsAt: operand.significands ? wasm.copyIn(operand.significands) : 0,
  });
  const one = placed(place.first.at, first, program.first);
  const other = placed(place.second.at, second, program.second);
  const [row, lane] = lanesAreFirst ? [other, one] : [one, other];
  return {
    table: place.table ? place.table[lanesAreFirst ? 'bySecond' : 'byFirst'] : 0,
    rowSource: row.source,
    rowSignificands: row.significandsAt,
    lowestRow: row.lowest,
    highestRow: row.highestInRows,
    rowB: wasm.copyIn(row.addresses.b),
    rowX: wasm.copyIn(row.addresses[lanesAreFirst ? 'n' : 'm']),
    rowK: wasm.copyIn(row.addresses.k),
    laneSource: lane.source,
    laneSignificands: lane.significandsAt,
    lowestLane: lane.lowest,
    highestLane: lane.highest,
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
