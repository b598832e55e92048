// SPDX-License-Identifier: Apache-2.0
/**
 * The WebGPU engine: executes contractions on the GPU. What depends only on shapes (pipelines,
 * parameters) is prepared once per contraction, accumulator and encoding; a call then records one
 * dispatch, or two when k is split.
 */
import type {Accumulator} from '@tfjs-approx/arithmetic';
import {util, type TensorInfo} from '@tensorflow/tfjs-core';
import type {Contraction} from '../../contraction/contraction.js';
import {layoutOf, type ContractionLayout} from '../../contraction/layout.js';
import type {Engine, Operands} from '../engine.js';
import {expectNoFactor} from '../no-factor.js';
import {pipelineDescriptor, type ApproxWebGPUBackend} from './backend.js';
import {tilesFor} from './device-traits.js';
import {parametersOf} from './parameters.js';
import {
  BINDING,
  BLOCK_SUM_THREADS,
  blockSumShader,
  contractionShader,
  shaderKey,
} from './shaders.js';
import type {ShaderSpec} from './shader-spec.js';
import type {TableEntry} from './packed-table.js';
import {TableCache} from './table-cache.js';
import {chooseTile, PLAIN_TABLE, tileText, workgroupsOf, type TileCost} from './tiles.js';
import {programOf, type UnitProgram} from './unit-program.js';

/** @param tilesOf the tiles to choose from; the tuner and tests give their own. */
export function createWebGPUEngine(
  backend: ApproxWebGPUBackend,
  tilesOf = (unit: UnitProgram): TileCost[] => tilesFor(unit, backend.traits),
): Engine {
  const programs = new Programs(backend, tilesOf);
  return {
    name: 'webgpu',
    run(contractions, outputShape, operands, macUnit) {
      expectNoFactor('webgpu', contractions);
      const unit = programOf(macUnit);
      if (util.sizeFromShape(outputShape as number[]) === 0) {
        return backend.makeTensorInfo(outputShape as number[], 'float32', new Float32Array(0));
      }
      const output = backend.allocate(contractions[0].op, outputShape);
      const {first, second, bias} = operands;
      backend.withFloats(
        bias ? [first, second, bias] : [first, second],
        ([first, second, bias]) => {
          for (const contraction of contractions) {
            contract(backend, programs, contraction, {first, second, bias}, unit, output);
          }
        },
      );
      return output;
    },
  };
}

/** One contraction, ready to be dispatched. */
interface Prepared {
  readonly layout: ContractionLayout;
  /** How the unit's table is packed; null where products read none. */
  readonly entry: TableEntry | null;
  readonly parameters: GPUBuffer;
  readonly main: GPUComputePipeline;
  readonly mainWorkgroups: number;
  readonly blockSum: GPUComputePipeline | null;
}

/** Pipelines, parameter buffers and tables of one device. */
class Programs {
  readonly #backend: ApproxWebGPUBackend;
  readonly #tilesOf: (unit: UnitProgram) => readonly TileCost[];
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #compiling = new Set<string>();
  readonly #prepared = new WeakMap<Contraction, WeakMap<Accumulator, Map<string, Prepared>>>();
  readonly tables: TableCache;
  readonly #tiles = new WeakMap<UnitProgram, Tiles>();

  constructor(backend: ApproxWebGPUBackend, tilesOf: (unit: UnitProgram) => readonly TileCost[]) {
    this.#backend = backend;
    this.#tilesOf = tilesOf;
    this.tables = new TableCache(backend);
  }

  prepare(contraction: Contraction, unit: UnitProgram): Prepared {
    // The layout, with the plan of its sums, depends on the accumulator and not on the product.
    let byAccumulator = this.#prepared.get(contraction);
    if (!byAccumulator) this.#prepared.set(contraction, (byAccumulator = new WeakMap()));
    let variants = byAccumulator.get(unit.accumulator);
    if (!variants) byAccumulator.set(unit.accumulator, (variants = new Map()));
    const tiles = this.#tilesFor(unit);
    let prepared = variants.get(tiles.key);
    if (!prepared) {
      const spec = this.#specOf(contraction, unit);
      variants.set(tiles.key, (prepared = this.#prepare(spec)));
    }
    return prepared;
  }

  /** Starts compiling what `prepare` will ask for. */
  compile(contraction: Contraction, unit: UnitProgram): void {
    const spec = this.#specOf(contraction, unit);
    for (const {key, shader} of shadersOf(spec)) {
      if (this.#pipelines.has(key) || this.#compiling.has(key)) continue;
      this.#compiling.add(key);
      const what = `${contraction.op}, tile ${tileText(spec.tile)}, multiplier ${unit.name}`;
      this.#backend.compile(what, {label: key, code: shader()}, pipeline => {
        this.#compiling.delete(key);
        if (pipeline) this.#pipelines.set(key, pipeline);
      });
    }
  }

  #tilesFor(unit: UnitProgram): Tiles {
    let tiles = this.#tiles.get(unit);
    if (!tiles) {
      const costs = this.#tilesOf(unit);
      const key = [unit.key, ...costs.map(({tile}) => tileText(tile))].join(' ');
      this.#tiles.set(unit, (tiles = {key, costs}));
    }
    return tiles;
  }

  #specOf(contraction: Contraction, unit: UnitProgram): ShaderSpec {
    const layout = layoutOf(contraction, unit.accumulator);
    const {activation} = contraction.epilogue;
    const tile = chooseTile(this.#tilesFor(unit).costs, layout);
    return {layout, parameters: parametersOf(layout), unit, activation, tile};
  }

  #prepare(spec: ShaderSpec): Prepared {
    const {layout, parameters, tile, unit} = spec;
    const [main, blockSum] = shadersOf(spec).map(({key, shader}) => this.#pipeline(key, shader));
    return {
      layout,
      entry: unit.reads ? (tile.table ?? PLAIN_TABLE).entry : null,
      parameters: this.#backend.createEngineBuffer(
        'approx parameters',
        parameters.values(),
        GPUBufferUsage.UNIFORM,
      ),
      main,
      mainWorkgroups: workgroupsOf(tile, layout),
      blockSum: blockSum ?? null,
    };
  }

  #pipeline(key: string, shader: () => string): GPUComputePipeline {
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const {device} = this.#backend;
      const descriptor = pipelineDescriptor(device, {label: key, code: shader()});
      pipeline = device.createComputePipeline(descriptor);
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }
}

/** The one or two shaders of a contraction, with their keys. */
function shadersOf(spec: ShaderSpec): Array<{key: string; shader: () => string}> {
  const key = shaderKey(spec);
  const main = {key: `contraction|${key}`, shader: () => contractionShader(spec)};
  if (spec.layout.plan.blocks === 1) return [main];
  return [main, {key: `blockSum|${key}`, shader: () => blockSumShader(spec)}];
}

/** The tiles that a device has for a unit, and their name in keys. */
interface Tiles {
  readonly key: string;
  readonly costs: readonly TileCost[];
}

function contract(
  backend: ApproxWebGPUBackend,
  programs: Programs,
  contraction: Contraction,
  operands: Operands,
  unit: UnitProgram,
  output: TensorInfo,
): void {
  const {first, second, bias} = operands;
  if (backend.compilesOnly) {
    programs.compile(contraction, unit);
    return;
  }
  const prepared = programs.prepare(contraction, unit);
  const {layout, entry, parameters, main, mainWorkgroups, blockSum} = prepared;
  const {size, plan} = layout;
  if (mainWorkgroups === 0) return;
  const {op} = contraction;
  const outputs = size.b * size.m * size.n;
  const sums = blockSum ? backend.allocate(op, [plan.blocks * outputs]) : output;
  const biasBinding =
    layout.bias && bias ? [{binding: BINDING.bias, buffer: backend.bufferOf(bias)}] : [];
  const table = entry && programs.tables.get(unit, entry);
  const inputs = bias ? [first, second, bias] : [first, second];
  backend.dispatchPipeline({
    name: op,
    pipeline: main,
    bindings: [
      {binding: BINDING.output, buffer: backend.bufferOf(sums)},
      {binding: BINDING.first, buffer: backend.bufferOf(first)},
      {binding: BINDING.second, buffer: backend.bufferOf(second)},
      {binding: BINDING.parameters, buffer: parameters},
      ...(table ? [{binding: BINDING.table, buffer: table}] : []),
      ...(blockSum ? [] : biasBinding),
    ],
    tensors: [...inputs, sums],
    workgroups: mainWorkgroups,
  });
  if (!blockSum) return;
  backend.dispatchPipeline({
    name: `${op} block sums`,
    pipeline: blockSum,
    bindings: [
      {binding: BINDING.output, buffer: backend.bufferOf(output)},
      {binding: BINDING.first, buffer: backend.bufferOf(sums)},
      {binding: BINDING.parameters, buffer: parameters},
      ...biasBinding,
    ],
    tensors: [...inputs, sums, output],
    workgroups: Math.ceil(outputs / BLOCK_SUM_THREADS),
  });
  backend.disposeData(sums.dataId);
}
