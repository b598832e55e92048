// SPDX-License-Identifier: Apache-2.0
/**
 * The WebGPU base of `approx`: tfjs's own WebGPU backend (memory, data transfer and the kernels
 * that hold no multiply-accumulates), plus what it lacks: dispatching ready-made pipelines, and
 * turning lost devices and driver errors into errors a user sees.
 *
 * One instance serves the names `webgpu` and `approx`, so switching between them moves no data.
 */
import {WebGPUBackend, webgpu_util} from '@tensorflow/tfjs-backend-webgpu';
import {engine, env, util, type BackendValues, type TensorInfo} from '@tensorflow/tfjs-core';
import {
  DeviceError,
  DeviceLimitError,
  DeviceLostError,
  SynchronousReadError,
} from '../../errors.js';
import {platform} from '#platform';
import {holdsIntegers, toFloats} from '../../base/webgpu/floats.js';
import type {MapOutcome} from '../../device/platform.js';
import {deviceClassOf, type DeviceTraits} from './device-traits.js';
import type {AdapterDescription} from '../../device/adapter-description.js';

export type {AdapterDescription};

/** Fields of WebGPUBackend 4.22.0 (pinned) that a dispatch has to keep in step with. */
interface Internals {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  activeTimers: Array<{name: string; query: Promise<number>}> | null;
  supportTimestampQuery: boolean;
  /** Pipelines of stock kernels; promises while they compile. */
  pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  querySet: GPUQuerySet | null;
  querySetCount: number;
  convertAndCacheOnCPU(dataId: object, values: BackendValues): BackendValues;
}

export interface Dispatch {
  /** Shown by `tf.profile` and `tf.time`. */
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindings: ReadonlyArray<{readonly binding: number; readonly buffer: GPUBuffer}>;
  /** Tensors whose memory must stay until the commands are submitted. */
  readonly tensors: readonly TensorInfo[];
  readonly workgroups: number;
}

export interface Shader {
  readonly label: string;
  readonly code: string;
}

export function pipelineDescriptor(
  device: GPUDevice,
  {label, code}: Shader,
): GPUComputePipelineDescriptor {
  const module = device.createShaderModule({label, code});
  return {label, layout: 'auto', compute: {module}};
}

export class ApproxWebGPUBackend extends WebGPUBackend {
  readonly adapterDescription: AdapterDescription;
  /** The check of lanes (lanes.ts) may take subgroups from them. */
  traits: DeviceTraits;
  /** Called once, when the device is lost. */
  onLost: () => void = () => {};
  /** Bytes of look-up tables, which tfjs's buffer pool does not know. */
  #tableBytes = 0;
  #names = 0;
  /** Each resolves to what went wrong, so that none is ever an unhandled rejection. */
  readonly #compiling: Array<Promise<Error | null>> = [];
  #isDisposed = false;
  #failure: Error | null = null;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    const {vendor, architecture, device: name, description} = info;
    const isFallbackAdapter = info.isFallbackAdapter === true;
    this.adapterDescription = {vendor, architecture, device: name, description, isFallbackAdapter};
    const {subgroupMinSize, subgroupMaxSize} = info;
    const hasSubgroups = device.features.has('subgroups') && subgroupMinSize === subgroupMaxSize;
    this.traits = {
      deviceClass: deviceClassOf(this.adapterDescription),
      subgroupSize: hasSubgroups ? subgroupMinSize : null,
      limits: device.limits,
    };
    const internals = this as unknown as Internals;
    const cache = internals.convertAndCacheOnCPU;
    // tfjs caches what was read even when the tensor was disposed of or moved in the meantime, and fails there.
    internals.convertAndCacheOnCPU = (dataId, values) =>
      this.tensorMap.has(dataId) ? cache.call(this, dataId, values) : values;
    void device.lost.then(({reason, message}) => {
      if (this.#isDisposed) return;
      this.#failure = this.#lost(message || reason);
      this.onLost();
    });
    device.addEventListener('uncapturederror', event => {
      event.preventDefault();
      const isMemory = event.error instanceof GPUOutOfMemoryError;
      this.#failure ??= new DeviceError(
        isMemory
          ? `The GPU (${this.#deviceName}) is out of memory; tensors take ` +
              `${this.memory().numBytesAllocatedInGPU} bytes of it. Use a smaller batch, dispose of ` +
              `tensors (tf.tidy), or set APPROX_ENGINE=cpu. ${event.error.message}`
          : `The GPU driver (${this.#deviceName}) reported an error: ${event.error.message}`,
      );
    });
  }

  /** Counts the backend names this instance serves; it is disposed with the last one. */
  retain(): this {
    this.#names++;
    return this;
  }

  /** Neither disposed of nor lost. */
  get isUsable(): boolean {
    return !this.#isDisposed && !(this.#failure instanceof DeviceLostError);
  }

  override dispose(): void {
    if (--this.#names > 0 || this.#isDisposed) return;
    this.#isDisposed = true;
    super.dispose();
    this.device.destroy();
  }

  /** Throws the error that the device reported since the last check, if any. */
  assertHealthy(): void {
    if (!this.#failure) return;
    const failure = this.#failure;
    // A lost device stays lost; a rejected command is reported once.
    if (!(failure instanceof DeviceLostError)) this.#failure = null;
    throw failure;
  }

  override async read(dataId: object): Promise<BackendValues> {
    this.assertHealthy();
    try {
      return await super.read(dataId);
    } finally {
      this.assertHealthy();
    }
  }

  override readSync(dataId: object): BackendValues {
    const {values, dtype, shape, resource} = this.tensorMap.get(dataId);
    // Strings have no buffer, and a complex tensor is read by its parts.
    const isOnGpuOnly = values == null && resource != null;
    const way = platform.synchronousReads();
    if (!isOnGpuOnly || way === 'canvas') return super.readSync(dataId);
    if (way === 'none') throw cannotReadNow(dtype, shape);
    this.assertHealthy();
    const {outcome, bytes} = this.#bytesNow(resource as GPUBuffer);
    this.assertHealthy();
    if (outcome === 'impossible') throw cannotReadNow(dtype, shape);
    // No command was refused, and the buffer to map was made: only a lost device maps nothing.
    if (outcome === 'failed') throw this.#lost('during a read');
    if (!bytes) throw this.#late(dtype, shape);
    const result = util.convertBackendValuesAndArrayBuffer(bytes, dtype);
    return (this as unknown as Internals).convertAndCacheOnCPU(dataId, result);
  }

  /** What a buffer holds once the commands so far have run, without yielding to the event loop. */
  #bytesNow(buffer: GPUBuffer): {outcome: MapOutcome; bytes?: ArrayBuffer} {
    const {size} = buffer;
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const staging = this.bufferManager.acquireBuffer(size, usage);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    const encoder = (this as unknown as Internals).commandEncoder!;
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    this.submitQueue();
    const outcome = platform.mapForReading(staging, 1000 * env().getNumber('APPROX_READ_TIMEOUT'));
    if (outcome !== 'mapped') {
      // Not for reuse: its mapping may be under way.
      this.bufferManager.releaseBuffer(staging, false);
      return {outcome};
    }
    const bytes = staging.getMappedRange().slice(0);
    staging.unmap();
    this.bufferManager.releaseBuffer(staging);
    return {outcome, bytes};
  }

  #lost(how: string): DeviceLostError {
    return new DeviceLostError(
      `The GPU device (${this.#deviceName}) was lost: ${how}. Tensors on it are gone. Call await ` +
        `tf.setBackend('approx') to start on a new device, and build the model anew.`,
    );
  }

  #late(dtype: string, shape: readonly number[]): DeviceError {
    return new DeviceError(
      `dataSync, arraySync, print or a move to another backend: the GPU (${this.#deviceName}) has not finished ` +
        `a ${dtype} tensor [${shape}] within ${env().getNumber('APPROX_READ_TIMEOUT')} s. If its work is that ` +
        `long, set APPROX_READ_TIMEOUT to more seconds; otherwise the driver hangs.`,
    );
  }

  get #deviceName(): string {
    return this.adapterDescription.description || this.adapterDescription.device;
  }

  override memory() {
    const memory = super.memory();
    return {
      ...memory,
      numBytesInGPU: memory.numBytesInGPU + this.#tableBytes,
      numBytesAllocatedInGPU: memory.numBytesAllocatedInGPU + this.#tableBytes,
    };
  }

  /**
   * Calls `use` with tensors whose buffers hold what their labels say (base/webgpu/floats.ts).
   * Converted ones are gone afterwards; commands that read them keep their memory until submitted.
   */
  withFloats<T>(tensors: readonly TensorInfo[], use: (converted: TensorInfo[]) => T): T {
    const isRelabelled = (tensor: TensorInfo) =>
      tensor.dtype === 'float32' && holdsIntegers(this, tensor);
    const converted = tensors.map(tensor =>
      isRelabelled(tensor) ? toFloats(this, tensor) : tensor,
    );
    const result = use(converted);
    for (const [i, tensor] of converted.entries()) {
      if (tensor !== tensors[i]) this.disposeData(tensor.dataId);
    }
    return result;
  }

  /** The GPU buffer of a float32 tensor, uploaded if need be. */
  bufferOf(tensor: TensorInfo): GPUBuffer {
    this.uploadToGPU(tensor.dataId);
    return this.tensorMap.get(tensor.dataId).resource as GPUBuffer;
  }

  /** A float32 tensor with memory on the GPU and undefined contents. */
  allocate(op: string, shape: readonly number[]): TensorInfo {
    this.#assertFits(op, 'result', shape, 4 * util.sizeFromShape(shape as number[]));
    const tensor = this.makeTensorInfo(shape as number[], 'float32');
    this.uploadToGPU(tensor.dataId);
    return tensor;
  }

  /** Every tensor of every kernel passes here before it is used on the GPU. */
  override uploadToGPU(dataId: object): void {
    const data = this.tensorMap.get(dataId);
    const {resource, shape, dtype, values} = data;
    if (resource == null && shape && util.sizeFromShape(shape) === 0) {
      // A buffer of no bytes cannot be bound. Its values stay here, so it is never read.
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      data.values ??= util.getTypedArrayFromDType(dtype as 'float32', 0);
      data.resource = this.bufferManager.acquireBuffer(4, usage);
      return;
    }
    if (resource == null && shape) {
      const scope = (engine().state.activeScope as {name?: string} | null)?.name;
      const bytes = webgpu_util.GPUBytesPerElement(dtype) * util.sizeFromShape(shape);
      // What has values already comes from the program: an op's result has none yet.
      const role = values == null ? 'result' : 'input';
      this.#assertFits(scope?.replace(/__op$/, '') ?? 'an op', role, shape, bytes);
    }
    super.uploadToGPU(dataId);
  }

  #assertFits(op: string, role: 'input' | 'result', shape: readonly number[], bytes: number): void {
    const {maxBufferSize, maxStorageBufferBindingSize} = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes <= most) return;
    const rows = Math.floor((most / bytes) * shape[0]);
    const remedy =
      role === 'input'
        ? 'A tensor goes to the GPU whole, also when a part of it is used. A data set: keep it in ' +
          'arrays and make tensors of its batches (tf.data.generator, model.fitDataset). A batch: ' +
          'make it smaller.'
        : 'Use a smaller batch.';
    throw new DeviceLimitError(
      `Error in ${op}: its ${role} [${shape}] takes ${bytes} bytes, but this device binds at most ` +
        `${most} (maxBufferSize ${maxBufferSize}, maxStorageBufferBindingSize ` +
        `${maxStorageBufferBindingSize}), ${rows} of its ${shape[0]} rows. ${remedy} Or set ` +
        `APPROX_ENGINE=cpu.`,
    );
  }

  /** Stock kernels dispatch here; without the check a lost device would give zeros. */
  override runWebGPUProgram(
    ...[program, inputs, ...rest]: Parameters<WebGPUBackend['runWebGPUProgram']>
  ): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    this.assertHealthy();
    return this.withFloats(inputs, floats => super.runWebGPUProgram(program, floats, ...rest));
  }

  /** Whether kernels only ask for their pipelines, and compute nothing. */
  get compilesOnly(): boolean {
    return env().getBool('WEBGPU_ENGINE_COMPILE_ONLY');
  }

  /**
   * Starts compiling a shader.
   *
   * @param what named when it fails: the op and its tile.
   * @param done gets the pipeline, or null, before `checkCompileCompletionAsync` settles.
   */
  compile(what: string, shader: Shader, done: (pipeline: GPUComputePipeline | null) => void): void {
    const {device} = this;
    // What is wrong with the text is said of the module; of the pipeline only that its module is invalid.
    device.pushErrorScope('validation');
    const descriptor = pipelineDescriptor(device, shader);
    const textError = device.popErrorScope();
    const pipeline = device.createComputePipelineAsync(descriptor);
    const finish = async (): Promise<Error | null> => {
      const [compiled, text] = await Promise.allSettled([pipeline, textError]);
      if (compiled.status === 'fulfilled') {
        done(compiled.value);
        return null;
      }
      done(null);
      const reason = text.status === 'fulfilled' && text.value ? text.value : compiled.reason;
      return this.#compileError(what, reason);
    };
    this.#compiling.push(finish());
  }

  #compileError(what: string, reason: unknown): DeviceError {
    // A GPUError is no Error.
    const message = (reason as {message?: string}).message ?? String(reason);
    return new DeviceError(
      `Error in ${what}: the GPU driver (${this.#deviceName}) could not compile its shader: ` +
        `${message.trim()} Update the driver, or set APPROX_ENGINE=cpu.`,
    );
  }

  /** @throws {DeviceError} a shader did not compile; it names the op. */
  override async checkCompileCompletionAsync(): Promise<void> {
    const {pipelineCache} = this as unknown as Internals;
    const stock = Object.entries(pipelineCache).map(async ([key, pipeline]) => {
      try {
        pipelineCache[key] = await pipeline;
        return null;
      } catch (reason) {
        // The next use compiles again, and does not wait for this one.
        delete pipelineCache[key];
        return this.#compileError(`a stock kernel (${key.split(' ')[0]})`, reason);
      }
    });
    const results = await Promise.all([...this.#compiling.splice(0), ...stock]);
    const failure = results.find(result => result !== null);
    if (this.#failure instanceof DeviceLostError || !failure) return this.assertHealthy();
    throw failure;
  }

  /** Creates a buffer outside tfjs's pool. */
  createEngineBuffer(
    label: string,
    contents: ArrayBufferView,
    usage: GPUBufferUsageFlags,
  ): GPUBuffer {
    const size = contents.byteLength;
    const buffer = this.device.createBuffer({label, size, usage, mappedAtCreation: true});
    new Uint8Array(buffer.getMappedRange()).set(
      new Uint8Array(contents.buffer, contents.byteOffset, size),
    );
    buffer.unmap();
    return buffer;
  }

  createTable(name: string, words: Uint32Array): GPUBuffer {
    this.#tableBytes += words.byteLength;
    return this.createEngineBuffer(`approx table ${name}`, words, GPUBufferUsage.STORAGE);
  }

  /** Commands that were recorded with the table are submitted first, so that they still read it. */
  destroyTable(table: GPUBuffer): void {
    if ((this as unknown as Internals).commandEncoder) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
    this.#tableBytes -= table.size;
    table.destroy();
  }

  /** Records one dispatch of a pipeline that was compiled elsewhere. */
  dispatchPipeline({name, pipeline, bindings, tensors, workgroups}: Dispatch): void {
    this.assertHealthy();
    const internals = this as unknown as Internals;
    const bindGroup = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: bindings.map(({binding, buffer}) => ({binding, resource: {buffer}})),
    });
    for (const {dataId} of tensors) internals.commandQueueOwnedIds.add(dataId);

    const isTimed = internals.activeTimers != null;
    this.ensureCommandEncoderReady();
    if (isTimed && internals.supportTimestampQuery) {
      this.endComputePassEncoder();
      internals.querySet ??= this.device.createQuerySet({
        type: 'timestamp',
        count: internals.querySetCount,
      });
      internals.computePassEncoder = internals.commandEncoder!.beginComputePass({
        timestampWrites: {
          querySet: internals.querySet,
          beginningOfPassWriteIndex: 0,
          endOfPassWriteIndex: 1,
        },
      });
    } else {
      internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass();
    }
    const pass = internals.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    const [x, y] = foldWorkgroups(workgroups, this.device.limits.maxComputeWorkgroupsPerDimension);
    pass.dispatchWorkgroups(x, y);
    internals.dispatchCountInPass++;

    if (isTimed) {
      this.endComputePassEncoder();
      internals.activeTimers!.push({name, query: this.getQueryTime()});
    } else if (
      internals.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')
    ) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
  }
}

/** x * y >= count with both below the limit; shaders ignore the few workgroups too many. */
function foldWorkgroups(count: number, limit: number): [x: number, y: number] {
  if (count <= limit) return [count, 1];
  const y = Math.ceil(count / limit);
  return [Math.ceil(count / y), y];
}

function cannotReadNow(dtype: string, shape: readonly number[]): SynchronousReadError {
  return new SynchronousReadError(
    `dataSync, arraySync, print or a move to another backend needs values of a ${dtype} tensor ` +
      `[${shape}] that exist only on the GPU, and ${platform.name} cannot wait for the GPU here. ` +
      `${platform.readHelp} Or use 'await tensor.data()' (or array()) first; after that the values are ` +
      `cached and synchronous calls work. On the cpu engine (APPROX_ENGINE=cpu) they always work.`,
  );
}
