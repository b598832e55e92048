// SPDX-License-Identifier: Apache-2.0
/**
 * Which layer is running. tfjs does not say, so two seams are used: every layer's `apply` (and the
 * `call` of layers inside wrappers, which wrappers call directly) notes the layer while it runs, and
 * every tape node recorded meanwhile remembers it, so that it is known again in the backward pass,
 * long after the layer returned.
 */
import {engine, serialization, type Tensor} from '@tensorflow/tfjs-core';
import {helperReason, repetitionReason, trackOnes, withinHelper} from './helper-ops.js';
import {session, type ActiveLayer, type Unit} from '../session.js';

export type {ActiveLayer, Unit};

/** The parts of a tfjs-layers Layer that are used; this package does not import tfjs-layers. */
export interface LayerLike extends Unit {
  apply(inputs: unknown, kwargs?: unknown): unknown;
  call(inputs: unknown, kwargs?: unknown): unknown;
  /** Models: their layers. */
  readonly layers?: readonly LayerLike[];
  /** TimeDistributed: the wrapped layer. */
  readonly layer?: LayerLike;
  /** Bidirectional: the two copies of the wrapped layer. */
  readonly forwardLayer?: LayerLike;
  readonly backwardLayer?: LayerLike;
}

/** The innermost running layer, or the layer of the tape node whose gradient is running. */
export function activeLayer(): ActiveLayer | null {
  return session.activeLayer;
}

function runWithin<T>(layer: ActiveLayer | null, f: () => T): T {
  const outer = session.activeLayer;
  session.activeLayer = layer;
  try {
    return f();
  } finally {
    session.activeLayer = outer;
  }
}

/** Runs `f` with the layer or node noted as the innermost one. */
export function runInside<T>(layer: Unit, f: () => T): T {
  // A wrapper's inner layer is entered by `call`, other layers by `apply` and then by `call`.
  if (session.activeLayer?.layer === layer) return f();
  const path = session.activeLayer ? `${session.activeLayer.path}/${layer.name}` : layer.name;
  return runWithin({layer, outer: session.activeLayer, path}, f);
}

/** The layers inside a wrapper. */
export function wrappedLayers({layer, forwardLayer, backwardLayer}: LayerLike): LayerLike[] {
  return [layer, forwardLayer, backwardLayer].filter(inner => inner !== undefined);
}

const tracked = new WeakSet<object>();

/** Notes the layer while its `call` runs. */
function trackCall(layer: LayerLike): void {
  if (tracked.has(layer)) return;
  tracked.add(layer);
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => runInside(layer, () => call(inputs, kwargs));
  wrappedLayers(layer).forEach(trackCall);
}

/**
 * Starts noting layers and tape nodes. tfjs-layers registers its classes with tfjs-core, which is
 * where its base class is found; without tfjs-layers there are no layers to note. Idempotent.
 */
export function trackLayers(): void {
  trackTape();
  trackOnes();
  const {classNameMap} = serialization.SerializationMap.getMap();
  for (const [layerClass] of Object.values(classNameMap)) {
    const base = baseLayerOf((layerClass as unknown as {prototype: object}).prototype);
    if (!base || tracked.has(base)) continue;
    tracked.add(base);
    const {apply} = base;
    base.apply = function (this: LayerLike, inputs, kwargs) {
      wrappedLayers(this).forEach(trackCall);
      return runInside(this, () => apply.call(this, inputs, kwargs));
    };
  }
}

/** The prototype on which Layer.apply is defined, if the class is a layer. */
function baseLayerOf(prototype: object | null): LayerLike | null {
  for (let p = prototype; p; p = Object.getPrototypeOf(p) as object | null) {
    const isBase = ['apply', 'call', 'addWeight', 'getConfig'].every(name =>
      Object.hasOwn(p, name),
    );
    if (isBase) return p as LayerLike;
  }
  return null;
}

interface TapeNode {
  gradient?: (dys: unknown[]) => Record<string, () => unknown>;
}

type TapeRecord = [
  kernelName: string,
  inputs: Record<string, Tensor>,
  outputs: Tensor[],
  gradient: unknown,
  saved: Tensor[],
  attributes?: Record<string, unknown>,
];

/** Parts of the engine of tfjs-core 4.22 that record the tape. */
interface TapeRecorder {
  addTapeNode(...record: unknown[]): void;
  state: {activeTape: TapeNode[] | null};
}

/** Idempotent. */
export function trackTape(): void {
  const recorder = engine() as unknown as TapeRecorder;
  if (tracked.has(recorder)) return;
  tracked.add(recorder);
  const addTapeNode = recorder.addTapeNode.bind(recorder);
  recorder.addTapeNode = (...record) => {
    addTapeNode(...record);
    const node = recorder.state.activeTape?.at(-1);
    const layer = session.activeLayer;
    const [kernelName, inputs, , , , attributes] = record as TapeRecord;
    const helper =
      helperReason(layer !== null) ??
      (layer ? null : repetitionReason(kernelName, inputs, attributes ?? {}));
    if ((!layer && !helper) || !node?.gradient) return;
    const {gradient} = node;
    const again = <T>(f: () => T): T =>
      runWithin(layer, () => (helper ? withinHelper(helper, f) : f()));
    node.gradient = dys => {
      const gradients = again(() => gradient(dys));
      for (const input of Object.keys(gradients)) {
        const compute = gradients[input];
        gradients[input] = () => again(compute);
      }
      return gradients;
    };
  };
}
