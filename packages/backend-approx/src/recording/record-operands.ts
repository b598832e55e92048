// SPDX-License-Identifier: Apache-2.0
/**
 * Histograms of the operands of each layer and pass in a real run, so that a multiplier can be judged
 * on what it will see (`lut-builder report --operands`).
 *
 * Operands are counted by tensor: every element of both tensors of a product counts once per kernel
 * call, however many products it takes part in. Each product is what the run makes of it; nothing is
 * changed by looking.
 */
import {engine, type Tensor} from '@tensorflow/tfjs-core';
import {
  MAX_MANTISSA_BITS,
  RECORDED_OPERANDS_KIND,
  type RecordedOperands,
} from '@tfjs-approx/arithmetic';
import {ConfigurationError} from '../errors.js';
import type {Pass} from '../policy/pass.js';
import {setObserver, type ObservedProducts} from './observer.js';
import {Tally} from './operand-tally.js';

/** The parts of a tfjs-layers model that are used. */
export interface RecordableModel {
  fit(x: never, y: never, args?: never): Promise<unknown>;
  predict(x: never, args?: never): unknown;
}

/**
 * What the model is run on: `fit` for one epoch where there is a `y`, which trains the model, else
 * `predict`. Everything else is passed on as the arguments of that call (`batchSize`, `epochs`).
 */
export interface RecordingData {
  readonly x: unknown;
  readonly y?: unknown;
  readonly [argument: string]: unknown;
}

export interface RecordingOptions {
  /** Bits of the fraction that are told apart, 1..11. The default, 11, serves every multiplier. */
  readonly fractionBits?: number;
}

/**
 * Runs a model, or a function, on the backend `approx` and counts the operands of its products. The
 * result is plain JSON. On `webgpu` the operands are read back, so the run is slower, and a batch's
 * operands stay on the GPU until they are read.
 *
 * @throws {ConfigurationError} another backend is current, no product was formed, or another recording
 *     has not ended.
 */
export async function recordOperands(
  model: RecordableModel,
  data: RecordingData,
  options?: RecordingOptions,
): Promise<RecordedOperands>;
export async function recordOperands(
  run: () => unknown,
  options?: RecordingOptions,
): Promise<RecordedOperands>;
export async function recordOperands(
  subject: RecordableModel | (() => unknown),
  ...rest: [RecordingData?, RecordingOptions?] | [RecordingOptions?]
): Promise<RecordedOperands> {
  const isFunction = typeof subject === 'function';
  const options = (isFunction ? rest[0] : rest[1]) as RecordingOptions | undefined;
  const {fractionBits = MAX_MANTISSA_BITS} = options ?? {};
  if (!Number.isInteger(fractionBits) || fractionBits < 1 || fractionBits > MAX_MANTISSA_BITS) {
    throw new ConfigurationError(
      `recordOperands: fractionBits is ${fractionBits}. Expected an integer in 1..${MAX_MANTISSA_BITS}.`,
    );
  }
  if (engine().backendName !== 'approx') {
    throw new ConfigurationError(
      `recordOperands: the backend is ${engine().backendName}. Call await tf.setBackend('approx') first.`,
    );
  }
  const recording = new Recording(fractionBits);
  const former = setObserver(products => recording.observe(products));
  if (former) {
    setObserver(former);
    throw new ConfigurationError('recordOperands: another recording runs. Await it first.');
  }
  try {
    if (isFunction) await subject();
    else await runModel(subject, rest[0] as RecordingData, () => recording.settle());
  } finally {
    setObserver(null);
    await recording.settle();
  }
  return recording.result();
}

interface BatchCallback {
  onBatchEnd?(...args: unknown[]): unknown;
}

async function runModel(
  model: RecordableModel,
  data: RecordingData,
  settle: () => Promise<void>,
): Promise<void> {
  if (typeof data !== 'object' || data === null || !('x' in data)) {
    throw new ConfigurationError(
      'recordOperands: there is no data. Expected recordOperands(model, {x, y}), or {x} to predict.',
    );
  }
  const {x, y, ...args} = data;
  if (y === undefined) {
    const result = model.predict(x as never, args as never) as Tensor | Tensor[];
    for (const tensor of [result].flat()) tensor.dispose();
    return;
  }
  const [head = {}, ...others] = [args.callbacks ?? {}].flat() as BatchCallback[];
  // Everything else of the first callback is its own; between batches operands are read, and freed.
  const reading = Object.create(head, {
    onBatchEnd: {
      async value(this: unknown, ...call: unknown[]) {
        await head.onBatchEnd?.apply(this as BatchCallback, call);
        await settle();
      },
    },
  }) as BatchCallback;
  const fitArguments = {epochs: 1, verbose: 0, ...args, callbacks: [reading, ...others]};
  await model.fit(x as never, y as never, fitArguments as never);
}

interface Entry {
  readonly layer: string;
  readonly pass: Pass;
  calls: number;
  macs: number;
  readonly tallies: readonly [first: Tally, second: Tally];
}

class Recording {
  readonly #fractionBits: number;
  readonly #entries = new Map<string, Entry>();
  #pending: Array<Promise<void>> = [];

  constructor(fractionBits: number) {
    this.#fractionBits = fractionBits;
  }

  observe({layer, pass, macs, operands, backend}: ObservedProducts): void {
    const entry = this.#entryOf(layer, pass);
    entry.calls++;
    entry.macs += macs;
    for (const [place, operand] of operands.entries()) {
      // One more name for the data, which keeps them until they are read: the run frees its own.
      backend.incRef(operand.dataId);
      const {dataId, shape, dtype} = operand;
      const tensor = engine().makeTensorFromTensorInfo({dataId, shape, dtype}, backend);
      engine().keep(tensor);
      this.#pending.push(this.#count(tensor, entry.tallies[place]));
    }
  }

  async #count(tensor: Tensor, tally: Tally): Promise<void> {
    try {
      const values = await tensor.data();
      // A cast integer tensor keeps its integers.
      tally.add(values instanceof Float32Array ? values : Float32Array.from(values));
    } finally {
      tensor.dispose();
    }
  }

  #entryOf(layer: string, pass: Pass): Entry {
    const key = `${layer}|${pass}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      const tallies = [new Tally(this.#fractionBits), new Tally(this.#fractionBits)] as const;
      this.#entries.set(key, (entry = {layer, pass, calls: 0, macs: 0, tallies}));
    }
    return entry;
  }

  /** Waits until everything observed so far is counted and its memory given back. */
  async settle(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    const outcomes = await Promise.allSettled(pending);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  result(): RecordedOperands {
    if (this.#entries.size === 0) {
      throw new ConfigurationError(
        'recordOperands: no product was formed on approx. Expected a run with dense, convolution or ' +
          'other multiply-accumulate layers.',
      );
    }
    return {
      kind: RECORDED_OPERANDS_KIND,
      version: 1,
      fractionBits: this.#fractionBits,
      products: [...this.#entries.values()].map(({layer, pass, calls, macs, tallies}) => ({
        layer,
        pass,
        calls,
        macs,
        first: tallies[0].toHistogram(),
        second: tallies[1].toHistogram(),
      })),
    };
  }
}
