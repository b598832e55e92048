// SPDX-License-Identifier: Apache-2.0
/**
 * The WebGPU engine: executes contractions on the GPU. What depends only on shapes (pipelines,
 * parameters) is prepared once per contraction and multiplier encoding; a call then records one
 * dispatch, or two when k is split.
 */
import {significandProducts, type Multiplier} from '@tfjs-approx/lut-builder';
import {util, type TensorInfo} from '@tensorflow/tfjs-core';
import type {Contraction} from '../../contraction/contraction.js';
import {layoutOf, type ContractionLayout} from '../../contraction/layout.js';
import type {Engine, Operands} from '../engine.js';
import {isPlainNative} from '../evaluation.js';
import type {ApproxWebGPUBackend} from './backend.js';
import {cpuKernels} from './cpu-kernels.js';
import {encodingKey} from './operand-wgsl.js';
import {parametersOf} from './parameters.js';
import {selectOfAnyRank} from './select.js';
import {
  BINDING,
  BLOCK_SUM_THREADS,
  blockSumShader,
  contractionShader,
  shaderKey,
  type IntegerStorage,
  type ShaderSpec,
} from './shaders.js';
import {chooseTile, columnsOf, rowsOf} from './tiles.js';

export function createWebGPUEngine(backend: ApproxWebGPUBackend): Engine {
  const programs = new Programs(backend);
  return {
    name: 'webgpu',
    missingKernels: cpuKernels,
    replacements: {Select: selectOfAnyRank},
    run(contractions, outputShape, operands, multiplier) {
      if (util.sizeFromShape(outputShape as number[]) === 0) {
        return backend.makeTensorInfo(outputShape as number[], 'float32', new Float32Array(0));
      }
      const output = backend.allocate(contractions[0].op, outputShape);
      for (const contraction of contractions) {
        contract(backend, programs, contraction, operands, multiplier, output);
      }
      return output;
    },
  };
}

/** Tables kept on the device; a sweep over many multipliers must not fill it. */
const MOST_TABLES = 16;

/** One contraction, ready to be dispatched. */
interface Prepared {
  readonly layout: ContractionLayout;
  readonly parameters: GPUBuffer;
  readonly main: GPUComputePipeline;
  readonly mainWorkgroups: number;
  readonly blockSum: GPUComputePipeline | null;
}

/** Pipelines, parameter buffers and tables of one device. */
class Programs {
  readonly #backend: ApproxWebGPUBackend;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #prepared = new WeakMap<Contraction, Map<string, Prepared>>();
  readonly #tables = new Map<Multiplier, GPUBuffer>();
  #empty: GPUBuffer | null = null;

  constructor(backend: ApproxWebGPUBackend) {
    this.#backend = backend;
  }

  prepare(contraction: Contraction, multiplier: Multiplier, integers: IntegerStorage): Prepared {
    let variants = this.#prepared.get(contraction);
    if (!variants) this.#prepared.set(contraction, (variants = new Map()));
    const {first, second, bias} = integers;
    const key = `${encodingKey(multiplier)}|${first}|${second}|${bias}`;
    let prepared = variants.get(key);
    if (!prepared) variants.set(key, (prepared = this.#prepare(contraction, multiplier, integers)));
    return prepared;
  }

  #prepare(contraction: Contraction, multiplier: Multiplier, integers: IntegerStorage): Prepared {
    const layout = layoutOf(contraction);
    const {size, plan} = layout;
    const tile = chooseTile(size.m, size.n, size.b * plan.blocks);
    const parameters = parametersOf(layout);
    const {activation} = contraction.epilogue;
    const spec: ShaderSpec = {layout, parameters, multiplier, activation, tile, integers};
    const tiles = Math.ceil(size.m / rowsOf(tile)) * Math.ceil(size.n / columnsOf(tile));
    const key = shaderKey(spec);
    return {
      layout,
      parameters: this.#backend.createEngineBuffer(
        'approx parameters',
        parameters.values(),
        GPUBufferUsage.UNIFORM,
      ),
      main: this.#pipeline(`contraction|${key}`, () => contractionShader(spec)),
      mainWorkgroups: tiles * plan.blocks * size.b,
      blockSum:
        plan.blocks > 1 ? this.#pipeline(`blockSum|${key}`, () => blockSumShader(spec)) : null,
    };
  }

  #pipeline(key: string, shader: () => string): GPUComputePipeline {
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const {device} = this.#backend;
      const module = device.createShaderModule({label: key, code: shader()});
      pipeline = device.createComputePipeline({label: key, layout: 'auto', compute: {module}});
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /** An operand's buffer; an empty tensor (no k) has none, and is never read. */
  operand(tensor: TensorInfo): GPUBuffer {
    if (util.sizeFromShape(tensor.shape) > 0) return this.#backend.bufferOf(tensor);
    this.#empty ??= this.#backend.createEngineBuffer(
      'approx empty operand',
      new Float32Array(1),
      GPUBufferUsage.STORAGE,
    );
    return this.#empty;
  }

  /** The significand products L as float32, row-major; uploaded once per multiplier. */
  table(multiplier: Multiplier): GPUBuffer {
    const known = this.#tables.get(multiplier);
    if (known) return known;
    if (this.#tables.size >= MOST_TABLES) {
      const [oldest, table] = this.#tables.entries().next().value!;
      this.#tables.delete(oldest);
      this.#backend.destroyTable(table);
    }
    const products = significandProducts(multiplier.lut());
    const table = this.#backend.createTable(multiplier.name, products);
    this.#tables.set(multiplier, table);
    return table;
  }
}

function contract(
  backend: ApproxWebGPUBackend,
  programs: Programs,
  contraction: Contraction,
  operands: Operands,
  multiplier: Multiplier,
  output: TensorInfo,
): void {
  const {first, second, bias} = operands;
  const {layout, parameters, main, mainWorkgroups, blockSum} = programs.prepare(
    contraction,
    multiplier,
    {
      first: backend.holdsIntegers(first),
      second: backend.holdsIntegers(second),
      bias: bias !== undefined && backend.holdsIntegers(bias),
    },
  );
  const {size, plan} = layout;
  if (mainWorkgroups === 0) return;
  const {op} = contraction;
  const outputs = size.b * size.m * size.n;
  const sums = blockSum ? backend.allocate(op, [plan.blocks * outputs]) : output;
  const biasBinding =
    layout.bias && bias ? [{binding: BINDING.bias, buffer: backend.bufferOf(bias)}] : [];
  const inputs = bias ? [first, second, bias] : [first, second];
  backend.dispatchPipeline({
    name: op,
    pipeline: main,
    bindings: [
      {binding: BINDING.output, buffer: backend.bufferOf(sums)},
      {binding: BINDING.first, buffer: programs.operand(first)},
      {binding: BINDING.second, buffer: programs.operand(second)},
      {binding: BINDING.parameters, buffer: parameters},
      ...(!isPlainNative(multiplier)
        ? [{binding: BINDING.lut, buffer: programs.table(multiplier)}]
        : []),
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
